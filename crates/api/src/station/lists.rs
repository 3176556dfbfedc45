//! Lists that hold nothing but text.

use serde::{Deserialize, Serialize};

view! {
    /// One row of a read-only list: cells in the order of the columns.
    pub struct TextRow {
        pub id: String,
        pub cells: Vec<Option<String>>,
    }

    pub struct TextList {
        /// Keys that the user interface translates.
        pub columns: Vec<ListColumn>,
        pub rows: Vec<TextRow>,
        /// More rows exist than are shown.
        pub has_more: bool,
    }

    pub struct ListColumn {
        pub key: String,
        pub kind: ColumnKind,
    }
}

choice! {
    #[serde(rename_all = "snake_case")]
    pub enum ListName {
        GateEntries,
        GoodsReceipts,
        QualitySamples,
        QualityTests,
        Materials,
    }

    #[serde(rename_all = "snake_case")]
    pub enum ColumnKind {
        Text,
        Code,
        Number,
        Date,
        Time,
        Status,
    }
}
