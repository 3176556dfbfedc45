//! Bugs that the simulation must find: each is planted by its tests alone, behind a feature that no program has.

#[cfg(feature = "conformance")]
use std::cell::Cell;

/// A mistake that a protocol like this one is easily made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// A station notes how far it has read before it has kept what it read (pouchdb#1240).
    CursorAhead,
    /// A server judges an operation that is pushed again a second time.
    JudgedAgain,
    /// A station takes what was acknowledged for kept, also by a server that was restored.
    RestoreForgotten,
    /// A server takes an entry of whoever recorded it, active or not.
    AuthorityUnasked,
    /// A server notes where a feed stands when a snapshot ends and not when it begins; the server in memory does.
    #[cfg(any(test, feature = "conformance"))]
    HeadNotedLate,
    /// A server lets every station execute what is leased to another one.
    LeaseUnasked,
}

#[cfg(feature = "conformance")]
thread_local! {
    static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
}

/// Plants a bug in this thread, or takes it out again.
#[cfg(feature = "conformance")]
pub fn plant(bug: Option<Bug>) {
    PLANTED.set(bug);
}

#[cfg(feature = "conformance")]
pub(crate) fn is_planted(bug: Bug) -> bool {
    PLANTED.get() == Some(bug)
}

#[cfg(not(feature = "conformance"))]
pub(crate) const fn is_planted(_: Bug) -> bool {
    false
}
