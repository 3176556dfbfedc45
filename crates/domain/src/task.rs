//! Tasks: work that the program hands to somebody.

use crate::role::words;

words! {
    /// Where a task stands.
    TaskStatus {
        Pending = "pending",
        InProgress = "in progress",
        Completed = "completed",
    }
}

words! {
    /// How urgent a task is.
    TaskPriority {
        Low = "low",
        Medium = "medium",
        High = "high",
        Critical = "critical",
    }
}
