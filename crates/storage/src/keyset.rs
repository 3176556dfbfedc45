//! Pages that end at a key: a row's sorted value and its id, and the order that they are read in.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use viruj_api::lists::Page;

use crate::StorageError;

const DEFAULT_LIMIT: u32 = 100;
const MAXIMUM_LIMIT: u32 = 200;

/// Where a page begins: after the row with this value and id; from the first row on without them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct After {
    pub(crate) place: Option<String>,
    pub(crate) id: Option<String>,
    limit: u32,
}

/// What a cursor carries; readers of the interface take it as it is.
#[derive(Serialize, Deserialize)]
struct Cursor {
    /// The order: a cursor of another one would skip rows.
    o: String,
    p: String,
    i: String,
}

impl After {
    /// Reads the cursor of a list that is sorted by `order`.
    pub(crate) fn read(limit: Option<u32>, cursor: Option<&str>, order: &str) -> Result<Self, StorageError> {
        let limit = limit.unwrap_or(DEFAULT_LIMIT).clamp(1, MAXIMUM_LIMIT);
        let Some(cursor) = cursor else { return Ok(Self { place: None, id: None, limit }) };
        let bytes = BASE64.decode(cursor).map_err(|_| StorageError::CursorInvalid)?;
        let cursor: Cursor = serde_json::from_slice(&bytes).map_err(|_| StorageError::CursorInvalid)?;
        // PostgreSQL knows no text with a zero byte, so no page has ended there.
        if cursor.o != order || cursor.p.contains('\0') || cursor.i.contains('\0') {
            return Err(StorageError::CursorInvalid);
        }
        Ok(Self { place: Some(cursor.p), id: Some(cursor.i), limit })
    }

    /// One more than the page holds tells whether another one follows.
    pub(crate) fn fetch_limit(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The two values that the place is made of, in a list that is sorted by two texts.
    pub(crate) fn pair(&self) -> Result<(Option<String>, Option<String>), StorageError> {
        match self.place.as_deref().map(serde_json::from_str::<(String, String)>) {
            Some(Ok((first, second))) => Ok((Some(plain_text(first)?), Some(plain_text(second)?))),
            Some(Err(_)) => Err(StorageError::CursorInvalid),
            None => Ok((None, None)),
        }
    }

    /// The id, in a list whose rows have such ids.
    pub(crate) fn uuid(&self) -> Result<Option<Uuid>, StorageError> {
        self.id.as_deref().map(str::parse).transpose().map_err(|_| StorageError::CursorInvalid)
    }

    /// The page of these rows, each with its sorted value and id.
    pub(crate) fn page<T>(&self, order: &str, mut rows: Vec<(String, String, T)>) -> Page<T> {
        let has_more = rows.len() > self.limit as usize;
        rows.truncate(self.limit as usize);
        let cursor = |(place, id, _): &(String, String, T)| {
            let cursor = Cursor { o: order.to_owned(), p: place.clone(), i: id.clone() };
            serde_json::to_vec(&cursor).ok().map(|bytes| BASE64.encode(bytes))
        };
        let next_cursor = if has_more { rows.last().and_then(cursor) } else { None };
        Page { items: rows.into_iter().map(|(_, _, item)| item).collect(), next_cursor }
    }
}

/// JSON can spell a zero byte that the cursor itself does not hold.
fn plain_text(text: String) -> Result<String, StorageError> {
    if text.contains('\0') { Err(StorageError::CursorInvalid) } else { Ok(text) }
}

/// An exact word as it can be compared: PostgreSQL knows no text with a zero byte, so no row has one.
pub(crate) fn plain(word: Option<&str>) -> Option<String> {
    word.map(|word| word.replace('\0', "\u{fffd}"))
}

/// A searched text as it can be compared; one that no row can hold is `None`.
pub(crate) fn searched(text: Option<&str>) -> Option<String> {
    text.map(|text| text.trim().replace('\0', "\u{fffd}")).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_order() {
        let first = After::read(Some(2), None, "name").unwrap();
        assert_eq!((first.place.as_deref(), first.fetch_limit()), (None, 3));
        let rows = ["a", "b", "c"].map(|name| (name.to_owned(), format!("id-{name}"), name));
        let page = first.page("name", rows.to_vec());
        assert_eq!(page.items, ["a", "b"]);
        let next = After::read(Some(2), page.next_cursor.as_deref(), "name").unwrap();
        assert_eq!((next.place.as_deref(), next.id.as_deref()), (Some("b"), Some("id-b")));
        assert!(next.page("name", vec![("c".to_owned(), "id-c".to_owned(), "c")]).next_cursor.is_none());
        let zero = BASE64.encode(br#"{"o":"name","p":"\u0000","i":"x"}"#);
        for (cursor, order) in
            [(page.next_cursor.as_deref(), "-name"), (Some("not ours"), "name"), (Some(&*zero), "name")]
        {
            assert!(matches!(After::read(None, cursor, order), Err(StorageError::CursorInvalid)), "{cursor:?}");
        }
        assert_eq!(After::read(Some(9999), None, "name").unwrap().fetch_limit(), 201);
    }
}
