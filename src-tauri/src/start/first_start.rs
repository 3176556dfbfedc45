//! The first start's one question: the demo, or a plant of one's own.

use std::path::Path;

use viruj_api::station::{CommandError, PlantSetUp};
use viruj_domain::ids::PlantId;
use viruj_server::{
    Application, Environment,
    setup::{FirstPlant, SeedError},
};

/// The answer.
#[derive(Clone)]
pub enum FirstStart {
    Demo,
    Plant(PlantSetUp),
}

impl FirstStart {
    /// The step that the window names while the answer is carried out.
    #[must_use]
    pub fn step(&self) -> &'static str {
        match self {
            Self::Demo => "seeding_demo",
            Self::Plant(_) => "setting_up_plant",
        }
    }

    /// Checks the form before anything is made.
    ///
    /// # Errors
    /// The code of the first field that is wrong, with the field as value `field`.
    pub fn check(&self) -> Result<(), CommandError> {
        let Self::Plant(plant) = self else { return Ok(()) };
        viruj_server::setup::check(&first_plant(plant))
            .map_err(|error| CommandError::new(error.code()).with_detail(error))?;
        check_backup_folder(Path::new(&plant.backup_folder))
    }

    /// Fills the database; doing it again after an interruption changes nothing that is there.
    ///
    /// # Errors
    /// What the server says.
    pub async fn carry_out(&self, server: &Application) -> Result<Option<PlantId>, CommandError> {
        match self {
            Self::Demo => match server.seed_demo(Environment::Other, false).await {
                Ok(_) => Ok(None),
                Err(error) => Err(seed_error(&error)),
            },
            Self::Plant(plant) => server
                .set_up_plant(&first_plant(plant))
                .await
                .map(Some)
                .map_err(|error| CommandError::new(error.code()).with_detail(error)),
        }
    }
}

fn seed_error(error: &SeedError) -> CommandError {
    CommandError::new(error.code()).with_detail(error)
}

fn first_plant(plant: &PlantSetUp) -> FirstPlant {
    FirstPlant {
        plant_name: plant.plant_name.clone(),
        region: plant.region.clone(),
        time_zone: plant.time_zone.clone(),
        administrator_name: plant.administrator_name.clone(),
        administrator_email: plant.administrator_email.clone(),
        administrator_password: plant.administrator_password.clone(),
    }
}

/// A backup that has nowhere to go is no backup, so the folder is written to before it is believed.
fn check_backup_folder(folder: &Path) -> Result<(), CommandError> {
    let unusable = |detail: String| CommandError::new("backup_folder_unusable").with_detail(detail);
    if !folder.is_absolute() {
        return Err(unusable("the folder's whole path is needed".to_owned()));
    }
    let probe = folder.join(".viruj-station-probe");
    std::fs::write(&probe, b"")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|error| unusable(format!("{}: {error}", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plant(folder: &Path) -> PlantSetUp {
        PlantSetUp {
            plant_name: "Pune".to_owned(),
            region: "APAC".to_owned(),
            time_zone: "Asia/Kolkata".to_owned(),
            administrator_name: "Meera Nair".to_owned(),
            administrator_email: "meera.nair@plant.example".to_owned(),
            administrator_password: "correct horse battery".to_owned(),
            backup_folder: folder.display().to_string(),
        }
    }

    #[test]
    fn each_wrong_field_of_the_form_has_its_code() {
        let folder = tempfile::tempdir().unwrap();
        let good = plant(folder.path());
        FirstStart::Plant(good.clone()).check().unwrap();
        let wrong: [(&str, PlantSetUp); 5] = [
            ("plant_name_required", PlantSetUp { plant_name: " ".to_owned(), ..good.clone() }),
            ("time_zone_unknown", PlantSetUp { time_zone: "Mars/Olympus".to_owned(), ..good.clone() }),
            ("email_invalid", PlantSetUp { administrator_email: "meera".to_owned(), ..good.clone() }),
            ("password_too_short", PlantSetUp { administrator_password: "short".to_owned(), ..good.clone() }),
            ("backup_folder_unusable", PlantSetUp { backup_folder: "/nowhere/at/all".to_owned(), ..good }),
        ];
        for (code, form) in wrong {
            assert_eq!(FirstStart::Plant(form).check().unwrap_err().code, code);
        }
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the probe is left behind");
    }
}
