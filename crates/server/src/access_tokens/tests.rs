use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hkdf::hmac::{Hmac, Mac, digest::KeyInit};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::Sha256;

use super::*;

fn secret() -> SecretKey {
    SecretKey::new("c2VjcmV0IG9mIHRoZSBpbnN0YWxsYXRpb24gMDEyMzQ1").unwrap()
}

fn tokens() -> AccessTokens {
    AccessTokens::new(&secret(), Uuid::from_u128(1))
}

fn noon() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-11-24T12:00:00Z").unwrap().to_utc()
}

fn good_header() -> Value {
    json!({"alg": "HS256", "typ": "JWT", "kid": tokens().written_with.id})
}

fn good_claims() -> Value {
    json!({
        "iss": tokens().issuer, "aud": PERSON_AUDIENCE, "sub": "prod-op-1", "jti": Uuid::from_u128(7),
        "iat": noon().timestamp(), "nbf": noon().timestamp(), "exp": noon().timestamp() + 60,
        "sid": Uuid::from_u128(2),
    })
}

fn with(mut object: Value, name: &str, value: Value) -> Value {
    object[name] = value;
    object
}

/// Signs anything with our own key, so that only what is being tested can be wrong.
fn sealed(header: &Value, claims: &Value) -> String {
    sealed_bytes(header.to_string().as_bytes(), claims.to_string().as_bytes())
}

fn sealed_bytes(header: &[u8], claims: &[u8]) -> String {
    let text = format!("{}.{}", BASE64.encode(header), BASE64.encode(claims));
    let mut mac =
        <Hmac<Sha256> as KeyInit>::new_from_slice(&*secret().derive("viruj access tokens, HS256, 1")).unwrap();
    mac.update(text.as_bytes());
    format!("{text}.{}", BASE64.encode(mac.finalize().into_bytes()))
}

fn is_taken(token: &str) -> bool {
    tokens().read_person(token, noon()).is_ok()
}

#[test]
fn what_is_issued_is_read_back() {
    let issued = tokens().for_person(&UserId::from("prod-op-1"), SessionId(Uuid::from_u128(2)), noon()).unwrap();
    assert_eq!(issued.expires_at, noon() + TimeDelta::minutes(15));
    let read = tokens().read_person(&issued.token, noon()).unwrap();
    assert_eq!((read.person_id.as_str(), read.session_id.0), ("prod-op-1", Uuid::from_u128(2)));
    assert!(is_taken(&sealed(&good_header(), &good_claims())), "the tests below start from a good token");
}

#[test]
fn sec_01_a_token_without_a_signature_is_refused() {
    for algorithm in ["none", "None", "NONE", "nOnE"] {
        let token = sealed(&with(good_header(), "alg", json!(algorithm)), &good_claims());
        assert!(!is_taken(&token), "{algorithm}");
        let unsigned = token.rsplit_once('.').unwrap().0;
        assert!(!is_taken(&format!("{unsigned}.")), "{algorithm} with an empty signature");
        assert!(!is_taken(unsigned));
    }
    let good = sealed(&good_header(), &good_claims());
    assert!(!is_taken(&format!("{}.", good.rsplit_once('.').unwrap().0)));
}

#[test]
fn sec_02_another_algorithm_or_another_key_is_refused() {
    for algorithm in ["HS384", "HS512", "RS256", "ES256", "EdDSA", ""] {
        assert!(!is_taken(&sealed(&with(good_header(), "alg", json!(algorithm)), &good_claims())), "{algorithm}");
    }
    let other = SecretKey::new("YW5vdGhlciBzZWNyZXQgb2YgYW5vdGhlciBwbGFjZSA5ODc2").unwrap();
    let foreign = AccessTokens::new(&other, Uuid::from_u128(1));
    let token = foreign.for_person(&UserId::from("prod-op-1"), SessionId(Uuid::from_u128(2)), noon()).unwrap().token;
    assert!(!is_taken(&token));
}

#[test]
fn sec_03_a_hostile_key_id_is_refused() {
    for key_id in
        [json!("../../../etc/passwd"), json!("' OR 1=1 --"), json!("k".repeat(1 << 20)), json!(7), json!(null)]
    {
        assert!(!is_taken(&sealed(&with(good_header(), "kid", key_id), &good_claims())));
    }
}

#[test]
fn sec_04_keys_and_addresses_of_keys_in_the_token_change_nothing() {
    for (name, value) in [
        ("jku", json!("https://attacker.example/keys")),
        ("x5u", json!("https://attacker.example/chain")),
        ("jwk", json!({"kty": "oct", "k": "YXR0YWNrZXI"})),
    ] {
        let forged = sealed(&with(good_header(), name, value), &good_claims());
        let tampered = format!("{}.{}", forged.rsplit_once('.').unwrap().0, BASE64.encode([0; 32]));
        assert!(!is_taken(&tampered), "{name}");
    }
}

#[test]
fn sec_05_times_that_do_not_hold_are_refused() {
    let now = noon().timestamp();
    for (name, value) in [
        ("exp", json!(now)),
        ("exp", json!(now - 1)),
        ("exp", json!(-1)),
        ("exp", json!((now + 60).to_string())),
        ("exp", json!(null)),
        ("exp", json!(1e300)),
        ("nbf", json!(now + 60)),
        ("nbf", json!(now.to_string())),
        ("iat", json!("now")),
    ] {
        assert!(!is_taken(&sealed(&good_header(), &with(good_claims(), name, value.clone()))), "{name} = {value}");
    }
    for name in ["exp", "nbf", "iat", "aud", "iss", "sub", "jti", "sid"] {
        let mut claims = good_claims();
        claims.as_object_mut().unwrap().remove(name);
        assert!(!is_taken(&sealed(&good_header(), &claims)), "without {name}");
    }
}

#[test]
fn sec_06_a_token_for_another_use_or_from_another_server_is_refused() {
    for (name, value) in [
        ("aud", json!("viruj-sync")),
        ("aud", json!("viruj-refresh")),
        ("aud", json!(["somebody-else"])),
        ("iss", json!("urn:viruj:server:00000000-0000-0000-0000-000000000002")),
        ("iss", json!("https://accounts.example")),
    ] {
        assert!(!is_taken(&sealed(&good_header(), &with(good_claims(), name, value.clone()))), "{name} = {value}");
    }
    let station = tokens().for_station(StationId(Uuid::from_u128(3)), noon()).unwrap().token;
    assert!(!is_taken(&station), "a station's token speaks for no person");
    let person = tokens().for_person(&UserId::from("prod-op-1"), SessionId(Uuid::from_u128(2)), noon()).unwrap().token;
    assert!(tokens().read_station(&person, noon()).is_err());
    assert_eq!(tokens().read_station(&station, noon()).unwrap().0, Uuid::from_u128(3));
}

fn is_taken_by_anybody(token: &str) -> bool {
    let tokens = tokens();
    let now = noon();
    tokens.read_person(token, now).is_ok()
        || tokens.read_legacy_client(token, now).is_ok()
        || tokens.read_station(token, now).is_ok()
}

/// A value that a claim may be given by somebody who can write anything but the key.
fn any_value() -> impl Strategy<Value = Value> {
    let now = noon().timestamp();
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (now - 20..now + 20).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        Just(Value::from(PERSON_AUDIENCE)),
        Just(json!([PERSON_AUDIENCE])),
        Just(json!({"a": 1})),
    ]
}

proptest! {
    #[test]
    fn sec_01_no_text_without_the_key_is_taken(text in "\\PC{0,300}|[A-Za-z0-9_-]{0,80}([.][A-Za-z0-9_-]{0,80}){0,4}") {
        prop_assert!(!is_taken_by_anybody(&text));
    }

    #[test]
    fn sec_02_a_token_with_one_other_letter_is_refused(at in 0_usize..400, letter in "[A-Za-z0-9_.=-]") {
        let good = sealed(&good_header(), &good_claims());
        let at = at % good.len();
        let mut changed = good.clone();
        changed.replace_range(at..=at, &letter);
        prop_assert!(changed == good || !is_taken_by_anybody(&changed), "{changed}");
    }

    #[test]
    fn sec_03_any_header_but_ours_is_refused(name in "alg|typ|kid|[a-z]{1,4}", value in any_value()) {
        let header = with(good_header(), &name, value.clone());
        let is_ours = match name.as_str() {
            "alg" | "kid" => header == good_header(),
            _ => true,
        };
        prop_assert!(is_ours || !is_taken(&sealed(&header, &good_claims())), "{name} = {value}");
    }

    #[test]
    fn sec_05_a_claim_that_is_not_as_we_write_it_is_refused(
        name in "exp|nbf|iat|aud|iss|sub|jti|sid", value in any_value(),
    ) {
        let now = noon().timestamp();
        let may_be = match name.as_str() {
            "exp" => value.as_i64().is_some_and(|exp| exp > now),
            "nbf" => value.as_u64().is_some_and(|nbf| nbf <= (now + CLOCK_TOLERANCE_SECONDS).unsigned_abs()),
            "iat" => value.is_i64(),
            "aud" => value == PERSON_AUDIENCE,
            "sub" => value.is_string(),
            _ => false,
        };
        let token = sealed(&good_header(), &with(good_claims(), &name, value.clone()));
        prop_assert_eq!(is_taken(&token), may_be, "{} = {}", name, value);
    }
}

/// The parser meets whatever the fuzzer finds, as a whole token and as parts that are signed with our own key.
#[test]
fn sec_01_fuzzed_tokens_are_refused_or_hold_what_we_ask_for() {
    bolero::check!().with_type::<(Vec<u8>, Vec<u8>)>().for_each(|(header, claims)| {
        assert!(!is_taken_by_anybody(&String::from_utf8_lossy(header)));
        let token = sealed_bytes(header, claims);
        let under_our_header = sealed_bytes(good_header().to_string().as_bytes(), claims);
        for token in [token, under_our_header] {
            if is_taken_by_anybody(&token) {
                let claims: Value = serde_json::from_slice(claims).unwrap();
                assert!(claims["exp"].as_i64().unwrap() > noon().timestamp());
                assert_eq!(claims["iss"], Value::from(tokens().issuer));
            }
        }
    });
}
