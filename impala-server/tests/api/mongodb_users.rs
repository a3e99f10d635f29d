//! A MongoDB that requires a sign-in, as the one of `docker-compose.yml` does.

use std::error::Error as _;

use impala_server::{Config, StartError};
use mongodb::bson::{Bson, doc};
use serde_json::json;

use crate::canvases::document;
use crate::services::Service;
use crate::support::Server;

const PASSWORD: &str = "s3cret-of-mongodb";

/// A server, and its address. It has the user `impala`, who may do everything, and `reader`, who may only look.
async fn with_users() -> Option<(Service, String)> {
    let service = Service::with_users()?;
    let address = service.url.strip_prefix("mongodb://").unwrap().trim_end_matches('/').to_owned();
    // One connection: what anyone may do from here ends with the first user.
    let root = doc! {"createUser": "impala", "pwd": PASSWORD, "roles": ["root"]};
    let client = mongodb::Client::with_uri_str(&service.url).await.unwrap();
    client.database("admin").run_command(root).await.unwrap();
    let client = mongodb::Client::with_uri_str(url("impala", PASSWORD, &address)).await.unwrap();
    let role = Bson::from(doc! {"role": "read", "db": "impala"});
    let reader = doc! {"createUser": "reader", "pwd": PASSWORD, "roles": [role]};
    client.database("admin").run_command(reader).await.unwrap();
    Some((service, address))
}

/// As `deploy/make-secrets` writes it.
fn url(user: &str, password: &str, address: &str) -> String {
    format!("mongodb://{user}:{password}@{address}/impala?authSource=admin")
}

/// The whole message of a start that fails.
async fn refusal(url: String) -> (StartError, String) {
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config::new(dir.path());
    config.mongodb_url = Some(url);
    let error = impala_server::connect(config).await.err().unwrap();
    let sources = std::iter::successors(error.source(), |&error| error.source());
    let message = sources.fold(error.to_string(), |message, source| format!("{message}: {source}"));
    (error, message)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_of_the_url_signs_in_and_no_other() {
    let Some((_service, address)) = with_users().await else { return };
    let right = url("impala", PASSWORD, &address);
    let server = Server::start_with(|config| config.mongodb_url = Some(right.clone())).await;
    assert_eq!(server.anyone().get("/readyz").await.text(), "ready\n");
    let ann = server.sign_up("ann").await;
    let project = ann.project("p").await;
    ann.post(&format!("{project}/canvases"), document("c")).await.created();
    assert_eq!(ann.get(&format!("{project}/canvases/c")).await.ok()["revision"]["revision"], json!(1));

    for wrong in [
        url("impala", "wr0ng-word", &address),
        url("nobody", "wr0ng-word", &address),
        // The user is one of `admin`.
        right.replace("?authSource=admin", ""),
    ] {
        let (error, message) = refusal(wrong).await;
        assert!(matches!(error, StartError::MongoSignIn(_)), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(!message.contains(PASSWORD) && !message.contains("wr0ng"), "{message}");
        assert!(
            !format!("{error:?}").contains(PASSWORD) && !format!("{error:?}").contains("wr0ng"),
            "{error:?}"
        );
    }
    // A user without write access is told which role is missing, also without any sign-in.
    let other = |url: String| url.replace("/impala", "/other");
    for powerless in [url("reader", PASSWORD, &address), format!("mongodb://{address}/impala")].map(other) {
        let (_, message) = refusal(powerless).await;
        assert!(message.contains("it needs the role readWrite"), "{message}");
        assert!(!message.contains(PASSWORD), "{message}");
    }
}
