//! Every route, as the server's own OpenAPI document lists them: a new route is tested as soon as it exists.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Person, Server};

/// One operation of the API.
#[derive(Clone, Debug)]
pub struct Route {
    pub method: Method,
    /// `/api/v1/projects/{owner}/{slug}`.
    pub path: String,
    pub is_public: bool,
    /// What scope a token needs for it; `None` when any token will do.
    pub scope: Option<String>,
    parameters: Vec<Value>,
    body: Option<(String, String)>,
}

/// All of them.
pub async fn all(server: &Server) -> Vec<Route> {
    let document = server.anyone().get("/api/openapi.json").await.ok();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            routes.push(read(&document, path, method, operation));
        }
    }
    assert!(routes.len() > 15, "only {} routes", routes.len());
    routes
}

fn read(document: &Value, path: &str, method: Method, operation: &Value) -> Route {
    let security = operation.get("security").unwrap_or(&document["security"]);
    let scope = security[0]["bearer"][0].as_str().map(str::to_owned);
    let body = operation["requestBody"]["content"].as_object().map(|contents| {
        let (media_type, content) = contents.iter().next().unwrap();
        match media_type.as_str() {
            "multipart/form-data" => (format!("{media_type}; boundary=x"), FORM.to_owned()),
            json if json.contains("json") => {
                (json.to_owned(), sample(document, &content["schema"]).to_string())
            }
            other => (other.to_owned(), CSV.to_owned()),
        }
    });
    Route {
        method,
        path: path.to_owned(),
        is_public: security == &json!([{}]),
        scope,
        parameters: operation["parameters"].as_array().cloned().unwrap_or_default(),
        body,
    }
}

const CSV: &str = "a,b\n1,2\n";

const FORM: &str = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"sample.csv\"\r\n\
    Content-Type: text/csv\r\n\r\na,b\n1,2\n\r\n--x--\r\n";

/// A value of a schema, as small as can be.
fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        return sample(document, document.pointer(reference.trim_start_matches('#')).unwrap());
    }
    if let Some(first) = schema["enum"].get(0) {
        return first.clone();
    }
    if let Some(first) = schema["oneOf"].get(0).or(schema["anyOf"].get(0)).or(schema["allOf"].get(0)) {
        return sample(document, first);
    }
    match schema["type"].as_str().or(schema["type"][0].as_str()) {
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(false),
        Some("array") => json!([]),
        Some("string") if schema["format"] == "uuid" => json!("00000000-0000-0000-0000-000000000000"),
        Some("string") => json!("sample-x"),
        _ => {
            let required = schema["required"].as_array().into_iter().flatten();
            let fields = required.map(|name| {
                let name = name.as_str().unwrap();
                (name.to_owned(), sample(document, &schema["properties"][name]))
            });
            Value::Object(fields.collect())
        }
    }
}

impl Route {
    /// Whether it belongs to a project.
    pub fn is_of_a_project(&self) -> bool {
        self.path.starts_with("/api/v1/projects/{")
    }

    /// Its path, in the project `owner/slug` where it is of one; other variable parts name nothing that is there.
    pub fn fill(&self, project: &str) -> String {
        let mut names = project.split('/');
        let segments = self.path.split('/').map(|segment| {
            let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) else {
                return segment.to_owned();
            };
            match names.next().filter(|_| self.is_of_a_project()) {
                Some(name) => name.to_owned(),
                None => self.parameter(name),
            }
        });
        segments.collect::<Vec<_>>().join("/")
    }

    fn parameter(&self, name: &str) -> String {
        let parameter = self.parameters.iter().find(|parameter| parameter["name"] == name);
        let parameter = parameter.unwrap_or_else(|| panic!("{} says nothing of {{{name}}}", self.path));
        match sample(&Value::Null, &parameter["schema"]) {
            Value::String(text) => text,
            other => other.to_string(),
        }
    }

    /// Sends it, with a body that is read without complaint.
    pub async fn send(&self, who: &Person, project: &str) -> Answer {
        let is_needed = |parameter: &&Value| parameter["in"] == "query" && parameter["required"] == true;
        let names = self.parameters.iter().filter(is_needed).map(|parameter| &parameter["name"]);
        let names = names.map(|name| name.as_str().unwrap_or_default());
        let query: Vec<(&str, String)> = names.map(|name| (name, self.parameter(name))).collect();
        let mut request = who.request(self.method.clone(), &self.fill(project)).query(&query);
        if self.method != Method::GET {
            // So that a missing precondition is never the reason for a refusal.
            request = request.header("if-match", "*");
        }
        if self.path.starts_with("/api/v1/uploads") {
            request = request.header("tus-resumable", "1.0.0");
        }
        if let Some((media_type, body)) = &self.body {
            request = request.header("content-type", media_type).body(body.clone());
        }
        Answer::of(request).await
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}
