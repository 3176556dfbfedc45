//! What is different between two versions, as a person reads it: by phase and field, not by line.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Procedure;
use crate::role::words;

words! {
    /// What became of a part or of a field.
    ChangeKind {
        Added = "added",
        Removed = "removed",
        Changed = "changed",
        Moved = "moved",
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "bindings", derive(specta::Type))]
pub struct Change {
    pub kind: ChangeKind,
    /// The names of what it is in, from the outside: unit procedure, operation, the phase's key; or the recipe line's
    /// key; empty for the head of the record.
    pub place: Vec<String>,
    /// The field with full stops between its parts, for example `kind.quantity.high`; empty for a whole part.
    pub field: String,
    /// What the field was, or what the removed part was called, or where the moved one was.
    pub before: Option<String>,
    pub after: Option<String>,
}

/// A part of a procedure that has a name of its own, with its fields.
struct Part {
    place: Vec<String>,
    title: String,
    fields: BTreeMap<String, String>,
}

/// Every difference between two procedures: the head, the recipe, then the parts in the order of the newer one.
///
/// # Errors
/// None in practice: a procedure can always be written as JSON.
pub fn differences(older: &Procedure, newer: &Procedure) -> Result<Vec<Change>, serde_json::Error> {
    let (older, newer) = (parts(older)?, parts(newer)?);
    let index = |parts: &[(String, Part)]| -> BTreeMap<String, usize> {
        parts.iter().enumerate().map(|(place, (id, _))| (id.clone(), place)).collect()
    };
    let (old_places, new_places) = (index(&older), index(&newer));
    let moved = moved(&older, &newer, &old_places);
    let mut changes = Vec::new();
    for (id, part) in &newer {
        let Some(before) = old_places.get(id).and_then(|place| older.get(*place)).map(|(_, part)| part) else {
            changes.push(whole(ChangeKind::Added, part));
            continue;
        };
        if moved.contains(id) || before.place != part.place {
            changes.push(Change {
                kind: ChangeKind::Moved,
                place: part.place.clone(),
                field: String::new(),
                before: Some(before.place.join(" ▸ ")),
                after: Some(part.place.join(" ▸ ")),
            });
        }
        let names: BTreeSet<&String> = before.fields.keys().chain(part.fields.keys()).collect();
        for name in names {
            let (was, is) = (before.fields.get(name), part.fields.get(name));
            if was != is {
                changes.push(Change {
                    kind: ChangeKind::Changed,
                    place: part.place.clone(),
                    field: name.clone(),
                    before: was.cloned(),
                    after: is.cloned(),
                });
            }
        }
    }
    let removed = older.iter().filter(|(id, _)| !new_places.contains_key(id));
    changes.extend(removed.map(|(_, part)| whole(ChangeKind::Removed, part)));
    Ok(changes)
}

fn whole(kind: ChangeKind, part: &Part) -> Change {
    let title = Some(part.title.clone());
    let (before, after) = if kind == ChangeKind::Added { (None, title) } else { (title, None) };
    Change { kind, place: part.place.clone(), field: String::new(), before, after }
}

fn parts(procedure: &Procedure) -> Result<Vec<(String, Part)>, serde_json::Error> {
    let mut parts = Vec::new();
    let head = fields(procedure, &["recipe", "unit_procedures"])?;
    parts.push(("head".to_owned(), Part { place: Vec::new(), title: procedure.product.clone(), fields: head }));
    for line in &procedure.recipe {
        let place = vec![line.key.clone()];
        let part = Part { place, title: line.material.clone(), fields: fields(line, &["key"])? };
        parts.push((format!("recipe/{}", line.key), part));
    }
    for unit in &procedure.unit_procedures {
        let place = vec![unit.name.clone()];
        let part =
            Part { place: place.clone(), title: unit.name.clone(), fields: fields(unit, &["name", "operations"])? };
        parts.push((format!("unit/{}", unit.name), part));
        for operation in &unit.operations {
            let place = [place.clone(), vec![operation.name.clone()]].concat();
            let told = fields(operation, &["name", "phases"])?;
            let part = Part { place: place.clone(), title: operation.name.clone(), fields: told };
            parts.push((format!("operation/{}/{}", unit.name, operation.name), part));
            for phase in &operation.phases {
                let place = [place.clone(), vec![phase.key.clone()]].concat();
                let part = Part { place, title: phase.title.clone(), fields: fields(phase, &["key"])? };
                parts.push((format!("phase/{}", phase.key), part));
            }
        }
    }
    Ok(parts)
}

fn fields(part: &impl Serialize, left_out: &[&str]) -> Result<BTreeMap<String, String>, serde_json::Error> {
    let mut fields = BTreeMap::new();
    if let Value::Object(members) = serde_json::to_value(part)? {
        for (name, value) in members.iter().filter(|(name, _)| !left_out.contains(&name.as_str())) {
            flatten(name, value, &mut fields);
        }
    }
    Ok(fields)
}

fn flatten(name: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    match value {
        Value::Null => {}
        Value::String(text) => {
            fields.insert(name.to_owned(), text.clone());
        }
        Value::Bool(_) | Value::Number(_) => {
            fields.insert(name.to_owned(), value.to_string());
        }
        Value::Array(items) if items.iter().all(Value::is_string) => {
            let texts: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            fields.insert(name.to_owned(), texts.join(", "));
        }
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                flatten(&format!("{name}.{}", place + 1), item, fields);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                flatten(&format!("{name}.{member}"), value, fields);
            }
        }
    }
}

/// What both hold, in another order: everything outside the longest run that kept its order.
fn moved(older: &[(String, Part)], newer: &[(String, Part)], old_places: &BTreeMap<String, usize>) -> BTreeSet<String> {
    let common: Vec<(&String, usize)> =
        newer.iter().filter_map(|(id, _)| old_places.get(id).map(|place| (id, *place))).collect();
    debug_assert!(common.iter().all(|(_, place)| *place < older.len()));
    // Longest increasing subsequence: for each part the longest run that ends with it, and what came before it there.
    let mut runs: Vec<(usize, Option<usize>)> = Vec::with_capacity(common.len());
    for (here, (_, place)) in common.iter().enumerate() {
        let before =
            (0..here).filter(|other| common[*other].1 < *place).max_by_key(|other| (runs[*other].0, here - other));
        runs.push((before.map_or(1, |other| runs[other].0 + 1), before));
    }
    let mut kept = BTreeSet::new();
    let mut next = (0..runs.len()).max_by_key(|here| runs[*here].0);
    while let Some(here) = next {
        kept.insert(here);
        next = runs[here].1;
    }
    common.iter().enumerate().filter(|(here, _)| !kept.contains(here)).map(|(_, (id, _))| (*id).clone()).collect()
}
