//! Accounts, roles and plants: what a System Admin does needs the server, so nothing of it is kept here.

use std::collections::BTreeMap;

use viruj_api::{
    plants::{ChangePlant, CreatePlant, Plant, PlantQuery},
    station::{
        QueryKey,
        administration::{
            NewPlant, NewUser, PlantChange, PlantDetails, PlantItem, PlantList, PlantManager, RoleMatrix, ShownSecret,
            UserAction, UserActivity, UserChange, UserDetails, UserList, UserListQuery,
        },
    },
    users::{ChangeReason, ChangeUser, CreateUser, UserQuery, UserState},
};
use viruj_client::{Client, ClientError};
use viruj_domain::{
    capability::Capability,
    ids::{PlantId, UserId},
};

use super::StationCore;
use crate::{StationError, secrets::SecretText, views::administration as views};

/// Rows of a page, as many as a person scrolls through before the next one is fetched.
const PAGE: u32 = 100;
/// The most that the server gives at once.
const LARGEST_PAGE: u32 = 200;

impl StationCore {
    /// One page of the accounts.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_users(&self, query: &UserListQuery) -> Result<UserList, StationError> {
        let request = UserQuery {
            limit: Some(PAGE),
            cursor: query.cursor.clone(),
            sort: Some(query.sort),
            role: query.role,
            plant_id: query.plant_id.clone().map(PlantId),
            state: query.state,
            search: Some(query.search.trim().to_owned()).filter(|search| !search.is_empty()),
        };
        let now = self.now();
        self.at_server(|client, token| {
            let request = request.clone();
            async move {
                let page = client.users(token.expose(), &request).await?;
                let names = plant_names(&client).await?;
                let items = page.items.into_iter().map(|user| views::user(user, &names, now)).collect();
                Ok(UserList { items, next_cursor: page.next_cursor })
            }
        })
        .await
    }

    /// One account with its sessions.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn open_user(&self, id: &str) -> Result<UserDetails, StationError> {
        let id = UserId::from(id);
        let (now, is_own) = (self.now(), self.session()?.person.id == id);
        self.at_server(|client, token| {
            let id = id.clone();
            async move {
                let found = client.user(token.expose(), &id).await?;
                let sessions = client.user_sessions(token.expose(), &id).await?.items;
                let names = plant_names(&client).await?;
                Ok(UserDetails {
                    user: views::user(found.value, &names, now),
                    etag: found.etag,
                    sessions: sessions.into_iter().map(views::session).collect(),
                    is_own,
                })
            }
        })
        .await
    }

    /// Makes an account and gives back its first password, which is shown once.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn create_user(&self, user: &NewUser) -> Result<ShownSecret, StationError> {
        let request = CreateUser {
            id: None,
            name: user.name.clone(),
            email: user.email.clone(),
            role: user.role,
            department: user.department,
            plant_ids: user.plant_ids.iter().cloned().map(PlantId).collect(),
        };
        let key = user.request_key.to_string();
        let shown = self
            .at_server(|client, token| {
                let (request, key) = (request.clone(), key.clone());
                async move {
                    let made = client.create_user(token.expose(), &key, &request).await?.value;
                    Ok(ShownSecret {
                        user_id: made.user.id.0,
                        name: made.user.name,
                        email: made.user.email,
                        secret: made.one_time_secret,
                    })
                }
            })
            .await?;
        self.tell(&[QueryKey::Users, QueryKey::Plants]);
        Ok(shown)
    }

    /// Changes an account that is still as the administrator saw it.
    ///
    /// # Errors
    /// `changed_meanwhile` when somebody else was faster; the server cannot be reached or refuses.
    pub async fn change_user(&self, change: &UserChange) -> Result<(), StationError> {
        let id = UserId::from(change.id.as_str());
        let request = ChangeUser {
            name: change.name.clone(),
            role: change.role,
            department: change.department,
            plant_ids: change.plant_ids.iter().cloned().map(PlantId).collect(),
            reason: change.reason.clone(),
        };
        self.at_server(|client, token| {
            let (id, etag, request) = (id.clone(), change.etag.clone(), request.clone());
            async move { client.change_user(token.expose(), &id, &etag, &request).await.map(drop) }
        })
        .await?;
        self.tell(&[QueryKey::Users, QueryKey::Plants]);
        Ok(())
    }

    /// Deactivates or reactivates an account that is still as the administrator saw it.
    ///
    /// # Errors
    /// `changed_meanwhile` when somebody else was faster; the server cannot be reached or refuses.
    pub async fn set_user_active(&self, activity: &UserActivity) -> Result<(), StationError> {
        let (id, reason) = (UserId::from(activity.id.as_str()), ChangeReason { reason: activity.reason.clone() });
        let is_active = activity.is_active;
        self.at_server(|client, token| {
            let (id, etag, reason) = (id.clone(), activity.etag.clone(), reason.clone());
            async move { client.set_user_active(token.expose(), &id, &etag, is_active, &reason).await.map(drop) }
        })
        .await?;
        self.tell(&[QueryKey::Users, QueryKey::Plants]);
        Ok(())
    }

    /// Forgets the failed attempts of an account.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn unlock_user(&self, action: &UserAction) -> Result<(), StationError> {
        let (id, reason) = read_action(action);
        self.at_server(|client, token| {
            let (id, reason) = (id.clone(), reason.clone());
            async move { client.unlock_user(token.expose(), &id, &reason).await.map(drop) }
        })
        .await?;
        self.tell(&[QueryKey::Users]);
        Ok(())
    }

    /// Removes the second factor of somebody who has lost device and recovery codes.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn remove_user_second_factor(&self, action: &UserAction) -> Result<(), StationError> {
        let (id, reason) = read_action(action);
        self.at_server(|client, token| {
            let (id, reason) = (id.clone(), reason.clone());
            async move { client.remove_user_second_factor(token.expose(), &id, &reason).await.map(drop) }
        })
        .await?;
        self.tell(&[QueryKey::Users]);
        Ok(())
    }

    /// Gives a person a password that works once, in the place of the one that was lost.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn give_one_time_secret(&self, action: &UserAction) -> Result<ShownSecret, StationError> {
        let (id, reason) = read_action(action);
        let shown = self
            .at_server(|client, token| {
                let (id, reason) = (id.clone(), reason.clone());
                async move {
                    let user = client.user(token.expose(), &id).await?.value;
                    let given = client.give_one_time_secret(token.expose(), &id, &reason).await?;
                    let secret = given.one_time_secret;
                    Ok(ShownSecret { user_id: user.id.0, name: user.name, email: user.email, secret })
                }
            })
            .await?;
        self.tell(&[QueryKey::Users]);
        Ok(shown)
    }

    /// Ends one session of a person, or all of them.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn end_user_sessions(&self, id: &str, session: Option<uuid::Uuid>) -> Result<(), StationError> {
        let id = UserId::from(id);
        self.at_server(|client, token| {
            let id = id.clone();
            async move {
                match session {
                    Some(session) => client.end_user_session(token.expose(), &id, session.into()).await,
                    None => client.end_user_sessions(token.expose(), &id).await.map(drop),
                }
            }
        })
        .await?;
        self.tell(&[QueryKey::Users]);
        Ok(())
    }

    /// What each role may do.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn role_matrix(&self) -> Result<RoleMatrix, StationError> {
        let roles = self.at_server(|client, token| async move { client.roles(token.expose()).await }).await?;
        Ok(views::role_matrix(roles))
    }

    /// Every plant that the person sees, with its figures.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn list_plants(&self) -> Result<PlantList, StationError> {
        let can_manage = self.session()?.person.role.can(Capability::PlantManage);
        let plants = self.at_server(|client, token| async move { every_plant(&client, &token).await }).await?;
        Ok(PlantList { items: plants.into_iter().map(views::plant).collect(), can_manage })
    }

    /// One plant with the people who could manage it.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn open_plant(&self, id: &str) -> Result<PlantDetails, StationError> {
        let id = PlantId::from(id);
        self.at_server(|client, token| {
            let id = id.clone();
            async move {
                let found = client.plant(token.expose(), &id).await?;
                let mut query =
                    UserQuery { state: Some(UserState::Active), limit: Some(LARGEST_PAGE), ..UserQuery::default() };
                let mut candidates = Vec::new();
                loop {
                    let page = client.users(token.expose(), &query).await?;
                    candidates
                        .extend(page.items.into_iter().map(|user| PlantManager { id: user.id.0, name: user.name }));
                    match page.next_cursor {
                        Some(cursor) => query.cursor = Some(cursor),
                        None => break,
                    }
                }
                Ok(PlantDetails { plant: views::plant(found.value), etag: found.etag, candidates })
            }
        })
        .await
    }

    /// Makes a plant.
    ///
    /// # Errors
    /// The server cannot be reached or refuses.
    pub async fn create_plant(&self, plant: &NewPlant) -> Result<PlantItem, StationError> {
        let request = CreatePlant {
            id: None,
            name: plant.name.clone(),
            region: plant.region.clone(),
            time_zone: plant.time_zone.clone(),
        };
        let key = plant.request_key.to_string();
        let made = self
            .at_server(|client, token| {
                let (request, key) = (request.clone(), key.clone());
                async move { client.create_plant(token.expose(), &key, &request).await }
            })
            .await?;
        self.tell(&[QueryKey::Plants]);
        Ok(views::plant(made.value))
    }

    /// Changes a plant that is still as the administrator saw it.
    ///
    /// # Errors
    /// `changed_meanwhile` when somebody else was faster; the server cannot be reached or refuses.
    pub async fn change_plant(&self, change: &PlantChange) -> Result<(), StationError> {
        let id = PlantId::from(change.id.as_str());
        let request = ChangePlant {
            name: change.name.clone(),
            region: change.region.clone(),
            time_zone: change.time_zone.clone(),
            manager_id: change.manager_id.clone().map(UserId),
            reason: change.reason.clone(),
        };
        self.at_server(|client, token| {
            let (id, etag, request) = (id.clone(), change.etag.clone(), request.clone());
            async move { client.change_plant(token.expose(), &id, &etag, &request).await.map(drop) }
        })
        .await?;
        self.tell(&[QueryKey::Plants, QueryKey::Users]);
        Ok(())
    }

    /// Asks the server as the person who is signed in; a token that was refused before its time is renewed once.
    async fn at_server<T, Asked>(&self, ask: impl Fn(Client, SecretText) -> Asked) -> Result<T, StationError>
    where
        Asked: Future<Output = Result<T, ClientError>>,
    {
        let client = &self.options.client;
        let (token, _) = self.access().await?;
        match ask(client.clone(), token).await {
            Err(ClientError::Problem(problem)) if problem.status == 401 => {
                self.drop_access();
                let (token, _) = self.access().await?;
                Ok(ask(client.clone(), token).await?)
            }
            answer => Ok(answer?),
        }
    }
}

fn read_action(action: &UserAction) -> (UserId, ChangeReason) {
    (UserId::from(action.id.as_str()), ChangeReason { reason: action.reason.clone() })
}

async fn every_plant(client: &Client, token: &SecretText) -> Result<Vec<Plant>, ClientError> {
    let mut query = PlantQuery { limit: Some(LARGEST_PAGE), ..PlantQuery::default() };
    let mut plants = Vec::new();
    loop {
        let page = client.plants(token.expose(), &query).await?;
        plants.extend(page.items);
        match page.next_cursor {
            Some(cursor) => query.cursor = Some(cursor),
            None => return Ok(plants),
        }
    }
}

/// What the plants are called; the server tells it to everybody, and counts nothing for it.
async fn plant_names(client: &Client) -> Result<BTreeMap<PlantId, String>, ClientError> {
    Ok(client.server().await?.plants.into_iter().map(|plant| (plant.id, plant.name)).collect())
}
