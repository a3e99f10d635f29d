//! `auth`, `me`, `tokens`, `limits`.

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::Method;
use reqwest::header::{DATE, SERVER};
use uuid::Uuid;

use super::call::Call;
use super::{Client, ClientError};
use crate::api::{
    ApiToken, ApiTokenCreate, ApiTokenCreated, Credentials, Limits, Me, PasswordChange, RefreshRequest,
    Session,
};

/// Reads the `Date` header, whose form is one of RFC 2822's.
const DATES: DateTimeParser = DateTimeParser::new();

/// What a server that is ready says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerState {
    /// Its version, unless something between leaves it out.
    pub version: Option<String>,
    /// Its clock, to the second.
    pub clock: Option<jiff::Timestamp>,
}

/// All of these fail as [`ClientError`] says.
#[allow(clippy::missing_errors_doc, reason = "said once, above")]
impl Client {
    /// GET `/readyz`: whether the server can do its work. Asked once, whatever the retries.
    pub async fn ready(&self) -> Result<ServerState, ClientError> {
        let client = self.clone().without_retries();
        let answer = client.send(Call::beside_the_api(&client, "readyz").unsigned()).await?;
        let header = |name| answer.headers().get(name).and_then(|value| value.to_str().ok());
        Ok(ServerState {
            version: header(SERVER).and_then(|text| text.strip_prefix("impala/")).map(str::to_owned),
            clock: header(DATE).and_then(|text| DATES.parse_timestamp(text).ok()),
        })
    }

    /// POST `auth/register`: makes a user and signs them in.
    pub async fn register(&self, credentials: &Credentials) -> Result<Session, ClientError> {
        let call = Call::post(self, &["auth", "register"]).unsigned();
        self.ask(call.json(credentials)?).await
    }

    /// POST `auth/login`.
    pub async fn login(&self, credentials: &Credentials) -> Result<Session, ClientError> {
        let call = Call::post(self, &["auth", "login"]).unsigned();
        self.ask(call.json(credentials)?).await
    }

    /// POST `auth/logout`: ends the session of a refresh token.
    pub async fn logout(&self, refresh_token: &str) -> Result<(), ClientError> {
        let body = RefreshRequest { refresh_token: refresh_token.to_owned() };
        let call = Call::post(self, &["auth", "logout"]).unsigned().harmless();
        self.run(call.json(&body)?).await
    }

    /// GET `me`.
    pub async fn me(&self) -> Result<Me, ClientError> {
        self.ask(Call::get(self, &["me"])).await
    }

    /// PATCH `me`: changes the password.
    pub async fn change_password(&self, change: &PasswordChange) -> Result<(), ClientError> {
        let call = Call::new(self, Method::PATCH, &["me"]);
        self.run(call.json(change)?).await
    }

    /// GET `tokens`: all API tokens of the user.
    pub async fn tokens(&self) -> Result<Vec<ApiToken>, ClientError> {
        self.list(&["tokens"]).await
    }

    /// POST `tokens`.
    pub async fn create_token(&self, token: &ApiTokenCreate) -> Result<ApiTokenCreated, ClientError> {
        let call = Call::post(self, &["tokens"]).once();
        self.ask(call.json(token)?).await
    }

    /// DELETE `tokens/{id}`.
    pub async fn revoke_token(&self, id: &Uuid) -> Result<(), ClientError> {
        let id = id.to_string();
        self.run(Call::new(self, Method::DELETE, &["tokens", &id])).await
    }

    /// GET `limits`.
    pub async fn limits(&self) -> Result<Limits, ClientError> {
        self.ask(Call::get(self, &["limits"]).unsigned()).await
    }
}
