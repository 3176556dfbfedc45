//! What an account holds: names, addresses, and which role works in which department and plants.

use crate::{
    ids::{PlantId, UserId},
    role::{Department, Role},
};

/// Longer names are refused, never cut.
pub const LONGEST_NAME: usize = 200;
/// Longer addresses do not exist (RFC 5321).
pub const LONGEST_EMAIL: usize = 254;
/// Longer reasons are refused, never cut.
pub const LONGEST_REASON: usize = 500;
/// Longer ids are refused.
pub const LONGEST_ID: usize = 100;

/// The person who does something, as the rules know them.
#[derive(Clone, Copy, Debug)]
pub struct Acting<'a> {
    pub id: &'a UserId,
    pub role: Role,
    /// The account is active and the person sees the plant.
    pub is_active: bool,
}

/// Why an account cannot be as it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefusal {
    #[error("the role {role} does not work in {department}")]
    DepartmentUnfit { role: Role, department: Department },
    /// Only the roles that see every plant by default may be without one.
    #[error("the role {0} needs a plant")]
    PlantsRequired(Role),
}

/// A name without the spaces around it, when it can be one.
#[must_use]
pub fn name(text: &str) -> Option<&str> {
    words(text, LONGEST_NAME, char::is_control)
}

/// A reason without the spaces around it, when it says anything.
#[must_use]
pub fn reason(text: &str) -> Option<&str> {
    words(text, LONGEST_REASON, |c| c.is_control() && c != '\n')
}

fn words(text: &str, longest: usize, is_refused: fn(char) -> bool) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && text.chars().count() <= longest && !text.chars().any(is_refused)).then_some(text)
}

/// An e-mail address without the spaces around it: one `@` with something on both sides, and nothing that no address
/// holds; whether it exists, a message tells.
#[must_use]
pub fn email_address(text: &str) -> Option<&str> {
    let email = text.trim();
    let (name, host) = email.split_once('@')?;
    let is_host = host.contains('.') && !host.contains('@') && host.split('.').all(|part| !part.is_empty());
    let is_plain = email.len() <= LONGEST_EMAIL && !email.chars().any(|c| c.is_whitespace() || c.is_control());
    (!name.is_empty() && is_host && is_plain).then_some(email)
}

/// An id that people give, for example a personnel number: letters, digits, `.`, `_` and `-`.
#[must_use]
pub fn given_id(text: &str) -> Option<&str> {
    let id = text.trim();
    let is_plain = |c: char| c.is_alphanumeric() || ".-_".contains(c);
    (!id.is_empty() && id.chars().count() <= LONGEST_ID && id.chars().all(is_plain)).then_some(id)
}

/// Whether a person of this role can belong to this department and see these plants.
///
/// # Errors
/// [`AccountRefusal`] names what does not fit.
pub fn check_account(role: Role, department: Department, plants: &[PlantId]) -> Result<(), AccountRefusal> {
    if !role.departments().contains(&department) {
        return Err(AccountRefusal::DepartmentUnfit { role, department });
    }
    if plants.is_empty() && !role.sees_all_plants_by_default() {
        return Err(AccountRefusal::PlantsRequired(role));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_names_and_ids_have_their_form() {
        for good in ["admin@pharma.example", " a.b+c@x.co "] {
            assert_eq!(email_address(good), Some(good.trim()));
        }
        for bad in ["", "admin", "@x.co", "a@", "a@x", "a b@x.co", "a@x..co", "a@b@x.co", "a\u{0}@x.co"] {
            assert_eq!(email_address(bad), None, "{bad:?}");
        }
        assert_eq!(email_address(&format!("{}@x.co", "a".repeat(250))), None);
        assert_eq!(name("  Meera Nair "), Some("Meera Nair"));
        for bad in [" ", "a\u{0}b", "a\nb"] {
            assert_eq!(name(bad), None, "{bad:?}");
        }
        assert_eq!(name(&"n".repeat(201)), None);
        assert_eq!(reason(&"r".repeat(500)).map(str::len), Some(500));
        assert_eq!(reason("new contract\nsince May"), Some("new contract\nsince May"));
        assert_eq!(reason(" \n "), None);
        assert_eq!(given_id(" P-0042 "), Some("P-0042"));
        for bad in ["", "a b", "a/b", "a%b", "a,b", "*"] {
            assert_eq!(given_id(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn each_role_has_a_department_and_each_department_a_role() {
        for department in Department::ALL {
            assert!(Role::ALL.iter().any(|role| role.departments().contains(department)), "{department}");
        }
        for role in Role::ALL {
            let department = role.departments()[0];
            let plants = [PlantId::from("plant-a")];
            assert_eq!(check_account(*role, department, &plants), Ok(()));
            let without = check_account(*role, department, &[]);
            assert_eq!(without.is_ok(), role.sees_all_plants_by_default(), "{role}");
        }
        let refused = check_account(Role::QaHead, Department::Sales, &[PlantId::from("plant-a")]);
        assert_eq!(refused, Err(AccountRefusal::DepartmentUnfit { role: Role::QaHead, department: Department::Sales }));
    }
}
