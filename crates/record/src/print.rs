//! Sets the sheet as PDF/A-2, the same bytes each time: fonts, date and identifier come with the record, not from the
//! computer.

use std::{fmt::Write, sync::LazyLock};

use chrono::{DateTime, Datelike, Timelike, Utc};
use qrcode::{Color, QrCode};
use typst::{
    Library, LibraryExt, World,
    diag::{FileError, FileResult, SourceDiagnostic},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};
use viruj_api::batch_record::BatchRecord;

use crate::{
    RecordError,
    certificate::{Certificate, CertificateKind},
    sheet::Sheet,
};

const TEMPLATE: &str = include_str!("record.typ");
const CERTIFICATE_TEMPLATE: &str = include_str!("certificate.typ");
const FONT_FILES: [&[u8]; 7] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf"),
    include_bytes!("../fonts/NotoSansDevanagari-Bold.ttf"),
    include_bytes!("../fonts/NotoSansTelugu-Regular.ttf"),
    include_bytes!("../fonts/NotoSansTelugu-Bold.ttf"),
    include_bytes!("../fonts/NotoSansMath-Regular.ttf"),
];

/// What every printed record shares; read once.
struct Shared {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
}

static SHARED: LazyLock<Shared> = LazyLock::new(|| {
    let fonts: Vec<Font> = FONT_FILES.into_iter().flat_map(|file| Font::iter(Bytes::new(file))).collect();
    Shared { library: LazyHash::new(Library::default()), book: LazyHash::new(FontBook::from_fonts(&fonts)), fonts }
});

/// The printed record, without the server's seal.
///
/// # Errors
/// [`RecordError::NotPrintable`] when the typesetter refuses, which no content of a record should bring about.
pub(crate) fn print(record: &BatchRecord, record_sha256: &str) -> Result<Vec<u8>, RecordError> {
    let sheet = serde_json::to_value(Sheet::of(record, record_sha256)).map_err(RecordError::NotJson)?;
    set(TEMPLATE, sheet, record.as_of, record_sha256)
}

/// A certificate of the record, without the server's seal.
///
/// # Errors
/// As [`print`].
pub(crate) fn print_certificate(
    record: &BatchRecord,
    record_sha256: &str,
    kind: CertificateKind,
) -> Result<Vec<u8>, RecordError> {
    let sheet = Certificate::of(record, record_sha256, kind);
    let sheet = serde_json::to_value(sheet).map_err(RecordError::NotJson)?;
    set(CERTIFICATE_TEMPLATE, sheet, record.as_of, record_sha256)
}

/// Sets a sheet by a template.
fn set(
    template: &str,
    sheet: serde_json::Value,
    as_of: DateTime<Utc>,
    record_sha256: &str,
) -> Result<Vec<u8>, RecordError> {
    let desk = Desk::new(template, printable(sheet).to_string(), code(record_sha256)?);
    let document: PagedDocument = typst::compile(&desk).output.map_err(not_printable)?;
    let standards = PdfStandards::new(&[PdfStandard::A_2a])
        .map_err(|error| RecordError::NotPrintable(error.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(record_sha256.to_owned()),
        creator: Smart::Custom(Some("Viruj Station".to_owned())),
        timestamp: date(as_of).map(Timestamp::new_utc),
        standards,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(not_printable);
    // What the typesetter remembers of this record helps with no other one.
    typst::comemo::evict(0);
    pdf
}

fn not_printable(errors: impl IntoIterator<Item = SourceDiagnostic>) -> RecordError {
    let messages: Vec<String> = errors.into_iter().map(|error| error.message.to_string()).collect();
    RecordError::NotPrintable(messages.join("; "))
}

/// The files that the template reads; nothing else is there, neither on a disk nor in a network.
struct Desk {
    template: Source,
    sheet: (FileId, Bytes),
    code: (FileId, Bytes),
}

impl Desk {
    fn new(template: &str, sheet: String, code: String) -> Self {
        Self {
            template: Source::new(file("template.typ"), template.to_owned()),
            sheet: (file("sheet.json"), Bytes::from_string(sheet)),
            code: (file("code.svg"), Bytes::from_string(code)),
        }
    }
}

#[expect(clippy::expect_used, reason = "the three names are of this file")]
fn file(name: &'static str) -> FileId {
    let path = VirtualPath::new(name).expect("a plain file name is a path");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &SHARED.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &SHARED.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(FileError::AccessDenied) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        [&self.sheet, &self.code]
            .into_iter()
            .find(|(name, _)| *name == id)
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        SHARED.fonts.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn date(at: DateTime<Utc>) -> Option<Datetime> {
    let part = |number: u32| u8::try_from(number).ok();
    Datetime::from_ymd_hms(
        at.year(),
        part(at.month())?,
        part(at.day())?,
        part(at.hour())?,
        part(at.minute())?,
        part(at.second())?,
    )
}

/// The QR code as a drawing: one path for all dark squares.
fn code(text: &str) -> Result<String, RecordError> {
    let code = QrCode::new(text).map_err(|error| RecordError::NotPrintable(error.to_string()))?;
    let width = code.width();
    let mut path = String::new();
    for (place, color) in code.to_colors().into_iter().enumerate() {
        if color == Color::Dark {
            // Writing to memory does not fail.
            let _ = write!(path, "M{} {}h1v1h-1z", place % width, place / width);
        }
    }
    Ok(format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {width}"><path d="{path}"/></svg>"#))
}

/// Replaces what no font of the record can show by its code point: PDF/A refuses a text with a missing glyph, and a
/// record that cannot be printed because of a smiley in a remark would be no record.
fn printable(mut value: serde_json::Value) -> serde_json::Value {
    match &mut value {
        serde_json::Value::String(text) if !text.chars().all(is_shown) => {
            *text = text.chars().map(|c| if is_shown(c) { c.to_string() } else { named(c) }).collect();
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(|item| *item = printable(item.take())),
        serde_json::Value::Object(members) => {
            members.values_mut().for_each(|member| *member = printable(member.take()))
        }
        _ => {}
    }
    value
}

fn named(c: char) -> String {
    format!("‹U+{:04X}›", u32::from(c))
}

fn is_shown(c: char) -> bool {
    c == '\n' || (!c.is_control() && SHARED.fonts.iter().any(|font| font.info().coverage.contains(u32::from(c))))
}
