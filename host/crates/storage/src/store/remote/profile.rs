//! The profile of AWS's tools that counts: `AWS_PROFILE`, else `default`, of `~/.aws/config` and `~/.aws/credentials`.

use std::io;
use std::path::PathBuf;

use super::Variables;
use super::credentials::CredentialError;
use super::ini::{self, Keys, Sections};

/// The profile that is taken where none is named.
const DEFAULT: &str = "default";

/// A profile as both files have it together.
#[derive(Debug)]
pub(super) struct Profile {
    pub(super) name: String,
    keys: Keys,
    /// What the section `[services …]` says that it names.
    services: Keys,
}

/// How a profile gets its credentials.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Source<'a> {
    /// They stand in it.
    Keys { id: &'a str, secret: &'a str, token: Option<&'a str> },
    /// A token in a file, which STS takes for a role.
    WebIdentity { token_file: &'a str, role: &'a str, session: Option<&'a str> },
    /// A program prints them.
    Process { command: &'a str },
    /// It says nothing of them.
    None,
}

impl Profile {
    /// The profile that counts; `None` if none is named and there is no default.
    pub(super) fn load(variables: &Variables) -> Result<Option<Profile>, CredentialError> {
        let named = ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"].iter().find_map(|name| variables.get(*name));
        let [config, credentials] = [
            read(variables.get("AWS_CONFIG_FILE"), "config")?,
            read(variables.get("AWS_SHARED_CREDENTIALS_FILE"), "credentials")?,
        ];
        let found = Profile::of(named.map_or(DEFAULT, String::as_str), &config, &credentials);
        match (found, named) {
            (Some(found), _) => Ok(Some(found)),
            (None, None) => Ok(None),
            (None, Some(name)) => {
                let known = names(&config, &credentials);
                let nearest =
                    outrider_model::nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
                Err(CredentialError::NoProfile { name: name.clone(), nearest })
            }
        }
    }

    fn of(name: &str, config: &Sections, credentials: &Sections) -> Option<Profile> {
        let in_config = config.get(&format!("profile {name}"));
        let in_config = in_config.or_else(|| config.get(name).filter(|_| name == DEFAULT));
        let in_credentials = credentials.get(name);
        if in_config.is_none() && in_credentials.is_none() {
            return None;
        }
        // The file of credentials is the one that counts where both have a key.
        let keys: Keys = in_config.into_iter().chain(in_credentials).flatten().map(owned).collect();
        let services = keys.get("services").and_then(|services| config.get(&format!("services {services}")));
        Some(Profile { name: name.to_owned(), services: services.cloned().unwrap_or_default(), keys })
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.keys.get(key).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(super) fn region(&self) -> Option<&str> {
        self.get("region")
    }

    pub(super) fn endpoint(&self) -> Option<&str> {
        let of_s3 = self.services.get("s3.endpoint_url").map(String::as_str);
        of_s3.or_else(|| self.get("endpoint_url"))
    }

    /// How it gets its credentials.
    pub(super) fn source(&self) -> Result<Source<'_>, CredentialError> {
        if self.get("role_arn").is_some() && self.get("web_identity_token_file").is_none() {
            return Err(self.signs_in("assumes a role"));
        }
        match (self.get("aws_access_key_id"), self.get("aws_secret_access_key")) {
            (Some(id), Some(secret)) => {
                return Ok(Source::Keys { id, secret, token: self.get("aws_session_token") });
            }
            (None, Some(_)) => return Err(self.lacks("aws_access_key_id")),
            (Some(_), None) => return Err(self.lacks("aws_secret_access_key")),
            (None, None) => {}
        }
        if let Some(token_file) = self.get("web_identity_token_file") {
            let role = self.get("role_arn").ok_or_else(|| self.lacks("role_arn"))?;
            return Ok(Source::WebIdentity { token_file, role, session: self.get("role_session_name") });
        }
        if let Some(command) = self.get("credential_process") {
            return Ok(Source::Process { command });
        }
        match ["sso_session", "sso_start_url", "login_session"].iter().any(|key| self.get(key).is_some()) {
            true => Err(self.signs_in("signs in by a browser")),
            false => Ok(Source::None),
        }
    }

    fn lacks(&self, key: &'static str) -> CredentialError {
        CredentialError::Lacks { profile: self.name.clone(), key }
    }

    fn signs_in(&self, how: &'static str) -> CredentialError {
        CredentialError::SignsIn { profile: self.name.clone(), how }
    }
}

fn owned((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

/// The profiles that there are.
fn names(config: &Sections, credentials: &Sections) -> Vec<String> {
    let in_config = config.keys().filter_map(|name| name.strip_prefix("profile "));
    in_config.chain(credentials.keys().map(String::as_str)).map(str::to_owned).collect()
}

/// The sections of a file that may be missing.
fn read(named: Option<&String>, file: &str) -> Result<Sections, CredentialError> {
    let Some(path) = named.map(PathBuf::from).or_else(|| Some(dirs::home_dir()?.join(".aws").join(file)))
    else {
        return Ok(Sections::new());
    };
    let shown = path.display().to_string();
    match std::fs::read_to_string(&path) {
        Ok(text) => ini::parse(&text).map_err(|line| CredentialError::Syntax { file: shown, line }),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(Sections::new())
        }
        Err(source) => Err(CredentialError::Unreadable { file: shown, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[default]\nregion = us-west-2\n[profile ours]\nregion = eu-central-1\nservices = minio\n\
                          endpoint_url = https://all.test\n[services minio]\ns3 =\n  endpoint_url = http://minio.test\n\
                          [profile sso]\nsso_session = corp\n[profile role]\nrole_arn = arn:aws:iam::1:role/r\n\
                          source_profile = default\n[profile asks]\ncredential_process = give --me them\n\
                          [profile half]\naws_access_key_id = AKIA1\n[profile web]\nrole_arn = arn:aws:iam::1:role/w\n\
                          web_identity_token_file = /token\n[profile nothing]\nregion = eu-west-1\n";
    const CREDENTIALS: &str = "[default]\naws_access_key_id = AKIA0\naws_secret_access_key = s0\n\
                               [ours]\naws_access_key_id = AKIA2\naws_secret_access_key = s2\naws_session_token = t2\n";

    fn profile(name: &str) -> Option<Profile> {
        Profile::of(name, &ini::parse(CONFIG).unwrap(), &ini::parse(CREDENTIALS).unwrap())
    }

    #[test]
    fn both_files_make_a_profile() {
        let ours = profile("ours").unwrap();
        assert_eq!((ours.region(), ours.endpoint()), (Some("eu-central-1"), Some("http://minio.test")));
        assert_eq!(ours.source().unwrap(), Source::Keys { id: "AKIA2", secret: "s2", token: Some("t2") });
        let default = profile("default").unwrap();
        assert_eq!((default.region(), default.endpoint()), (Some("us-west-2"), None));
        assert!(profile("profile ours").is_none() && profile("services minio").is_none());
    }

    #[test]
    fn a_profile_says_where_its_credentials_come_from() {
        assert_eq!(profile("asks").unwrap().source().unwrap(), Source::Process { command: "give --me them" });
        assert_eq!(profile("nothing").unwrap().source().unwrap(), Source::None);
        let web = Source::WebIdentity { token_file: "/token", role: "arn:aws:iam::1:role/w", session: None };
        assert_eq!(profile("web").unwrap().source().unwrap(), web);
        let error = |name| profile(name).unwrap().source().unwrap_err();
        assert_eq!(error("half").to_string(), "the profile 'half' has no aws_secret_access_key");
        for (name, how) in [("sso", "signs in by a browser"), ("role", "assumes a role")] {
            let error = error(name);
            assert!(error.to_string().starts_with(&format!("the profile '{name}' {how}")), "{error}");
            assert!(
                error.hint().unwrap().contains(&format!("export-credentials --profile {name}")),
                "{error}"
            );
        }
    }

    #[test]
    fn a_profile_that_is_not_there_is_refused_only_if_it_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("config").display().to_string();
        std::fs::write(&config, CONFIG.replace("[default]", "[profile other]")).unwrap();
        let variables = |profile: Option<&str>| {
            let files = [("AWS_CONFIG_FILE", config.as_str()), ("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")];
            let named = profile.map(|profile| ("AWS_PROFILE", profile));
            files.into_iter().chain(named).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
        };
        assert!(Profile::load(&variables(None)).unwrap().is_none());
        assert_eq!(Profile::load(&variables(Some("ours"))).unwrap().unwrap().name, "ours");
        let error = Profile::load(&variables(Some("our"))).unwrap_err();
        assert_eq!(error.to_string(), "there is no profile 'our'");
        assert_eq!(error.hint().unwrap(), "did you mean 'ours'?");
        std::fs::write(&config, "[default]\nregion\n").unwrap();
        let error = Profile::load(&variables(None)).unwrap_err();
        assert!(error.to_string().ends_with("config' has no `key = value` in line 2"), "{error}");
    }
}
