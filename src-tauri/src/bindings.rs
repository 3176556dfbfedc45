//! The commands and the event, and their TypeScript form.

use tauri_specta::{Builder, collect_commands, collect_events};

use crate::{commands, events::StaleQueries};

/// Everything that crosses between the window and the station.
#[must_use]
pub fn builder() -> Builder<tauri::Wry> {
    Builder::<tauri::Wry>::new()
        // One shape a type: what the window sends and what it is given have the same fields.
        .disable_serde_phases()
        .commands(collect_commands![
            commands::status::station_status,
            commands::status::list_unsent,
            commands::status::sync_now,
            commands::status::postpone_update,
            commands::status::export_unsent,
            commands::status::report_painted,
            commands::start::retry_start,
            commands::start::set_store_aside,
            commands::start::choose_demo,
            commands::start::set_up_plant,
            commands::start::time_zones,
            commands::session::sign_in,
            commands::session::sign_in_with_code,
            commands::session::offers_single_sign_on,
            commands::session::sign_in_at_provider,
            commands::session::cancel_single_sign_on,
            commands::session::sign_out,
            commands::session::current_person,
            commands::account::account,
            commands::account::change_password,
            commands::account::begin_second_factor,
            commands::account::confirm_second_factor,
            commands::account::remove_second_factor,
            commands::account::revoke_session,
            commands::account::request_password_reset,
            commands::account::redeem_password_reset,
            commands::registration::registration_plants,
            commands::registration::register_station,
            commands::batches::list_batches,
            commands::batches::find,
            commands::batches::open_batch,
            commands::batches::check_number,
            commands::batches::record_entry,
            commands::batches::write_batch_record,
            commands::batches::save_attachment,
            commands::batches::makeable_products,
            commands::batches::propose_batch,
            commands::batches::make_batch,
            commands::batches::take_batch_step,
            commands::batches::batch_history,
            commands::batches::check_resource,
            commands::devices::list_devices,
            commands::devices::save_devices,
            commands::devices::try_device,
            commands::devices::read_device,
            commands::lists::read_list,
            commands::users::list_users,
            commands::users::open_user,
            commands::users::create_user,
            commands::users::change_user,
            commands::users::set_user_active,
            commands::users::unlock_user,
            commands::users::remove_user_second_factor,
            commands::users::give_one_time_secret,
            commands::users::end_user_sessions,
            commands::roles::role_matrix,
            commands::plants::list_plants,
            commands::plants::open_plant,
            commands::plants::create_plant,
            commands::plants::change_plant,
            commands::audit::read_audit_trail,
            commands::audit::export_audit_trail,
            commands::audit::review_audit_trail,
            commands::api_keys::list_api_keys,
            commands::api_keys::api_key_choices,
            commands::api_keys::create_api_key,
            commands::api_keys::revoke_api_key,
            commands::conflicts::list_conflicts,
            commands::conflicts::decide_conflict,
            commands::deviations::list_deviations,
            commands::deviations::deviation,
            commands::deviations::report_deviation,
            commands::deviations::edit_deviation,
            commands::deviations::take_deviation_step,
            commands::deviations::list_capas,
            commands::deviations::capa,
            commands::deviations::open_capa,
            commands::deviations::take_capa_step,
            commands::reviews::list_reviews,
            commands::reviews::batch_review,
            commands::reviews::accept_review_exception,
            commands::reviews::ask_about_batch,
            commands::reviews::answer_review_query,
            commands::reviews::sign_review_step,
            commands::reviews::write_release_documents,
            commands::master_records::list_master_records,
            commands::master_records::master_record,
            commands::master_records::create_master_record,
            commands::master_records::edit_master_record,
            commands::master_records::check_procedure,
            commands::master_records::take_master_record_step,
            commands::master_records::compare_master_records,
            commands::master_records::import_master_record,
            commands::master_records::export_master_record,
            commands::lots::list_lots,
            commands::lots::lot,
            commands::lots::create_lot,
            commands::lots::change_lot,
            commands::lots::decide_on_lot,
            commands::equipment::list_equipment,
            commands::equipment::equipment,
            commands::equipment::create_equipment,
            commands::equipment::change_equipment,
            commands::equipment::act_on_equipment,
            commands::qualifications::list_qualifications,
            commands::qualifications::qualification,
            commands::qualifications::qualification_candidates,
            commands::qualifications::grant_qualification,
            commands::qualifications::change_qualification,
            commands::backups::list_backups,
            commands::backups::take_backup,
            commands::releases::list_releases,
            commands::releases::change_rollout,
            commands::settings::settings,
            commands::settings::save_settings,
            commands::settings::save_preferences,
        ])
        .events(collect_events![StaleQueries])
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use specta_typescript::Typescript;

    /// Renew with `VIRUJ_WRITE_BINDINGS=1 cargo test -p viruj-station bindings`.
    #[test]
    fn the_committed_bindings_are_the_ones_that_the_commands_have() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bridge/bindings.ts");
        let folder = tempfile::tempdir().unwrap();
        let made = folder.path().join("bindings.ts");
        super::builder().export(Typescript::default(), &made).unwrap();
        let made = fs::read_to_string(made).unwrap();
        if std::env::var_os("VIRUJ_WRITE_BINDINGS").is_some() {
            fs::write(&committed, &made).unwrap();
        }
        assert_eq!(fs::read_to_string(committed).unwrap(), made, "the bindings are stale: renew them");
    }
}
