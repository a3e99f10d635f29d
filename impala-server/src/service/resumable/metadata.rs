//! What an upload declares when it begins: `Upload-Metadata`, keys and values in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use impala_core::{FieldError, Invalid, name, source};

use crate::service::upload_settings::UploadSettings;

/// Keys that it may have.
const KEYS: [&str; 5] = ["project", "source", "settings", "note", "sha256"];

/// Keys that clients for browsers send by themselves. Only the file's name is used.
const COMMON: [&str; 6] = ["filename", "filetype", "name", "type", "relativePath", "lastModified"];

/// Longest metadata, in bytes: what proxies let through as one header.
const MOST_BYTES: usize = 6 << 10;

/// What an upload declares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metadata {
    /// Username of the project's owner.
    pub owner: String,
    /// Name of the project.
    pub slug: String,
    /// Name of the source.
    pub source: String,
    /// How the file is to be read, and a note.
    pub settings: UploadSettings,
    /// SHA-256 that the bytes must have.
    pub sha256: Option<[u8; 32]>,
}

impl Metadata {
    /// Reads the header: `project b3duZXIvc2x1Zw==,source d2VhdGhlcg==`.
    ///
    /// # Errors
    /// Every key that is unknown, missing, repeated or wrong.
    pub fn read(header: &str) -> Result<Self, Invalid> {
        if header.len() > MOST_BYTES {
            return Err(Invalid::at("", format!("Upload-Metadata is longer than {MOST_BYTES} bytes")));
        }
        let mut values: Vec<(&str, String)> = Vec::new();
        let mut errors = Vec::new();
        for pair in header.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            let (key, base64) = pair.split_once(' ').unwrap_or((pair, ""));
            match value(key, base64) {
                Ok(_) if values.iter().any(|(other, _)| *other == key) => {
                    errors.push(FieldError::at(format!("/{key}"), "is said twice"));
                }
                Ok(text) => values.push((key, text)),
                Err(detail) => errors.push(FieldError::at(format!("/{key}"), detail)),
            }
        }
        Invalid::unless_empty(errors)?;
        Self::of(&values)
    }

    fn of(values: &[(&str, String)]) -> Result<Self, Invalid> {
        let get = |key: &str| values.iter().find(|(name, _)| *name == key).map(|(_, text)| text.as_str());
        let project = get("project").ok_or_else(|| missing("project", "OWNER/SLUG"))?;
        let (owner, slug) =
            project.split_once('/').ok_or_else(|| missing("project", "OWNER/SLUG, as in ann/weather"))?;
        let of_file =
            get("filename").map(|name| name::slug_from(source::stem(name))).filter(|slug| !slug.is_empty());
        let source = get("source").map(str::to_owned).or(of_file);
        let source = source.ok_or_else(|| missing("source", "the source's name"))?;
        name::check_slug("/source", &source)?;
        let mut pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(get("settings").unwrap_or_default().as_bytes())
                .into_owned()
                .collect();
        pairs.extend(get("note").map(|note| ("note".to_owned(), note.to_owned())));
        let mut settings = UploadSettings::read(&pairs)?;
        settings.or_by_name(get("filename").unwrap_or_default());
        Ok(Self {
            owner: owner.to_owned(),
            slug: slug.to_owned(),
            source,
            settings,
            sha256: get("sha256").map(sha256).transpose()?,
        })
    }
}

fn value(key: &str, base64: &str) -> Result<String, String> {
    if COMMON.contains(&key) {
        // They are not Impala's keys, so nothing is expected of them.
        let text = STANDARD.decode(base64).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        return Ok(text.as_deref().map(last_part).unwrap_or_default());
    }
    if !KEYS.contains(&key) {
        return Err(format!("unknown key \"{key}\" in Upload-Metadata{}", name::suggestion(key, KEYS)));
    }
    let bytes = STANDARD.decode(base64).map_err(|_| "is not base64".to_owned())?;
    String::from_utf8(bytes).map_err(|_| "is no UTF-8".to_owned())
}

/// The name of a file without its folders.
fn last_part(path: &str) -> String {
    path.rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}

fn missing(key: &str, expected: &str) -> FieldError {
    FieldError::at(format!("/{key}"), format!("Upload-Metadata has to name it: {expected}, in base64"))
}

fn sha256(text: &str) -> Result<[u8; 32], Invalid> {
    let mut bytes = [0; 32];
    match hex::decode_to_slice(text, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(_) => Err(Invalid::at("/sha256", "expected 64 hexadecimal digits")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Metadata, String> {
        let pairs = pairs.iter().map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
        Metadata::read(&pairs.collect::<Vec<_>>().join(",")).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn project_and_source_are_named() {
        let found =
            read(&[("project", "ann/p"), ("source", "rain"), ("note", "ci"), ("filetype", "")]).unwrap();
        assert_eq!((found.owner.as_str(), found.slug.as_str(), found.source.as_str()), ("ann", "p", "rain"));
        assert_eq!(found.settings.note, "ci");
        let found = read(&[("project", "ann/p"), ("filename", "C:\\data\\Sales 2024.csv.gz")]).unwrap();
        assert_eq!(found.source, "sales-2024");
    }

    #[test]
    fn what_is_wrong_is_named_by_its_key() {
        let check = |pairs: &[(&str, &str)], expected: &str| {
            let found = read(pairs).unwrap_err();
            assert!(found.contains(expected), "{found}");
        };
        check(&[], "/project: Upload-Metadata has to name it");
        check(&[("project", "weather")], "OWNER/SLUG");
        check(&[("project", "ann/p")], "/source: ");
        check(&[("project", "ann/p"), ("source", "A b")], "/source");
        check(&[("project", "ann/p"), ("project", "ann/q")], "/project: is said twice");
        check(&[("projekt", "ann/p")], "did you mean \"project\"?");
        check(&[("project", "ann/p"), ("source", "s"), ("sha256", "ff")], "64 hexadecimal digits");
        check(
            &[("project", "ann/p"), ("source", "s"), ("settings", "delimeter=;")],
            "did you mean \"delimiter\"?",
        );
        assert!(Metadata::read("project ???").unwrap_err().to_string().contains("is not base64"));
    }
}
