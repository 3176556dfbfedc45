//! API keys: they lie at the server, and the text of a new one passes through to the screen and is kept nowhere.

use viruj_api::{
    api_keys::{ApiKeyQuery, CreateApiKey},
    station::{
        QueryKey,
        administration::NamedPlant,
        api_keys::{ApiKeyChoices, ApiKeyEnd, ApiKeyItem, ApiKeyList, ApiKeyListQuery, NewApiKey, ShownApiKey},
    },
    users::ChangeReason,
};
use viruj_domain::{
    api_key::{DEFAULT_DAYS, OFFERED_DAYS, scopes_of},
    ids::PlantId,
};

use super::{
    StationCore,
    administration::{every_plant, plant_names},
};
use crate::{StationError, views::administration as views};

/// Rows of a page.
const PAGE: u32 = 100;

impl StationCore {
    /// One page of the keys, the newest first.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_api_keys(&self, query: &ApiKeyListQuery) -> Result<ApiKeyList, StationError> {
        let request = ApiKeyQuery { limit: Some(PAGE), cursor: query.cursor.clone(), state: query.state };
        self.at_server(|client, token| {
            let request = request.clone();
            async move {
                let page = client.api_keys(token.expose(), &request).await?;
                let names = plant_names(&client).await?;
                let items = page.items.into_iter().map(|key| views::api_key(key, &names)).collect();
                Ok(ApiKeyList { items, next_cursor: page.next_cursor })
            }
        })
        .await
    }

    /// What the person can put into a key.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn api_key_choices(&self) -> Result<ApiKeyChoices, StationError> {
        let scopes = scopes_of(self.session()?.person.role).collect();
        let plants = self.at_server(|client, token| async move { every_plant(&client, &token).await }).await?;
        let plants = plants.into_iter().map(|plant| NamedPlant { id: plant.id.0, name: plant.name }).collect();
        Ok(ApiKeyChoices { plants, scopes, days: OFFERED_DAYS.to_vec(), usual_days: DEFAULT_DAYS })
    }

    /// Makes a key and gives back its text, which is shown once.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn create_api_key(&self, new: &NewApiKey) -> Result<ShownApiKey, StationError> {
        let request = CreateApiKey {
            name: new.name.clone(),
            plant_ids: new.plant_ids.iter().cloned().map(PlantId).collect(),
            scopes: new.scopes.clone(),
            valid_days: Some(new.valid_days),
        };
        let key = new.request_key.to_string();
        let shown = self
            .at_server(|client, token| {
                let (request, key) = (request.clone(), key.clone());
                async move {
                    let made = client.create_api_key(token.expose(), &key, &request).await?;
                    let names = plant_names(&client).await.unwrap_or_default();
                    Ok(ShownApiKey { key: views::api_key(made.api_key, &names), secret: made.secret })
                }
            })
            .await?;
        self.tell(&[QueryKey::ApiKeys]);
        Ok(shown)
    }

    /// Ends a key before its time.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn revoke_api_key(&self, end: &ApiKeyEnd) -> Result<ApiKeyItem, StationError> {
        let (id, reason) = (end.id.into(), ChangeReason { reason: end.reason.clone() });
        let revoked = self
            .at_server(|client, token| {
                let reason = reason.clone();
                async move {
                    let key = client.revoke_api_key(token.expose(), id, &reason).await?;
                    Ok(views::api_key(key, &plant_names(&client).await.unwrap_or_default()))
                }
            })
            .await;
        self.tell(&[QueryKey::ApiKeys]);
        revoked
    }
}
