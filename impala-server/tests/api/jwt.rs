//! Invalid access tokens.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::support::Server;

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// The claims of a token, whatever its key.
fn claims(token: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_ends_after_fifteen_minutes() {
    let server = Server::start().await;
    let ann = server.sign_up("ann").await;
    server.clock.advance(SignedDuration::from_secs(15 * 60 - 1));
    ann.get("/api/v1/me").await.ok();
    server.clock.advance(SignedDuration::from_secs(1));
    let problem = ann.get("/api/v1/me").await.problem(401, "unauthorized");
    assert!(problem["detail"].as_str().unwrap().contains("expired"));
}

#[tokio::test]
async fn a_token_says_what_it_must() {
    let server = Server::start().await;
    let token = server.sign_up("ann").await.token.unwrap();
    let claims = claims(&token);
    assert_eq!(
        (&claims["sub"], &claims["iss"], &claims["aud"]),
        (&json!("ann"), &json!("impala"), &json!("impala-api"))
    );
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 900);
    assert_ne!(
        claims["jti"],
        crate::jwt::claims(server.login("ann").await["access_token"].as_str().unwrap())["jti"]
    );
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let server = Server::start().await;
    let token = server.sign_up("ann").await.token.unwrap();
    server.sign_up("bob").await;
    let secret = std::fs::read(server.dir.path().join("jwt-secret")).unwrap();
    let good = claims(&token);
    let sign = |algorithm, key: &[u8], claims: &Value| {
        encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(key)).unwrap()
    };
    let with = |name: &str, value: Value| {
        let mut claims = good.clone();
        claims[name] = value;
        sign(Algorithm::HS256, &secret, &claims)
    };
    let without = |name: &str| {
        let mut claims = good.clone();
        claims.as_object_mut().unwrap().remove(name);
        sign(Algorithm::HS256, &secret, &claims)
    };
    let check = async |token: &str, is_good: bool, what: &str| {
        let status = server.with_token(token).get("/api/v1/me").await.status.as_u16();
        assert_eq!(status, if is_good { 200 } else { 401 }, "{what}");
    };
    check(&sign(Algorithm::HS256, &secret, &good), true, "signed with our secret").await;
    check(
        &sign(Algorithm::HS256, b"another secret of many bytes, as it should be", &good),
        false,
        "other key",
    )
    .await;
    check(&sign(Algorithm::HS512, &secret, &good), false, "HS512 with our secret").await;

    let signature = token.rsplit('.').next().unwrap();
    let payload = token.split('.').nth(1).unwrap();
    for algorithm in ["none", "None", "NONE", "RS256", "ES256", "EdDSA", ""] {
        let header = part(&json!({"typ": "JWT", "alg": algorithm}));
        check(&format!("{header}.{payload}."), false, &format!("alg {algorithm}, unsigned")).await;
        check(&format!("{header}.{payload}.{signature}"), false, &format!("alg {algorithm}")).await;
    }
    let mut other = good.clone();
    other["sub"] = json!("bob");
    let header = token.split('.').next().unwrap();
    check(&format!("{header}.{}.{signature}", part(&other)), false, "claims changed").await;
    check(&token[..token.len() - 1], false, "cut").await;

    check(&with("sub", json!("nobody")), false, "unknown user").await;
    check(&with("iss", json!("elsewhere")), false, "foreign issuer").await;
    check(&with("aud", json!("elsewhere")), false, "foreign audience").await;
    check(&with("iat", json!(good["exp"])), false, "made in the future").await;
    check(&with("iat", json!(0)), false, "made before its user").await;
    check(&with("exp", json!(good["iat"])), false, "expired").await;
    check(&with("jti", json!("x")), false, "bad id").await;
    for name in ["sub", "iss", "aud", "iat", "exp", "jti"] {
        check(&without(name), false, &format!("without {name}")).await;
    }
    for nonsense in ["x", "a.b.c", "..", "impala_", "impala_made-up"] {
        check(nonsense, false, nonsense).await;
    }
}

#[tokio::test]
async fn what_is_kept_outlives_the_server_and_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let server = Server::start().await;
    let token = server.sign_up("ann").await.token.unwrap();
    let of_sqlite = ["impala.db", "impala.db-wal"].into_iter().filter(|_| !crate::production::is_on());
    for file in ["jwt-secret", "lock"].into_iter().chain(of_sqlite) {
        let metadata = std::fs::metadata(server.dir.path().join(file)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{file}");
    }
    let server = server.restart().await;
    server.with_token(token).get("/api/v1/me").await.ok();
}

#[tokio::test]
async fn only_bearer_tokens_count() {
    let server = Server::start().await;
    let token = server.sign_up("ann").await.token.unwrap();
    let check = async |value: String, status: u16| {
        let request = server.anyone().request(http::Method::GET, "/api/v1/me").header("authorization", value);
        assert_eq!(request.send().await.unwrap().status().as_u16(), status);
    };
    check(format!("Bearer {token}"), 200).await;
    check(format!("bearer  {token} "), 200).await;
    check(format!("Basic {token}"), 401).await;
    check(token, 401).await;
    check("Bearer ".to_owned(), 401).await;
}
