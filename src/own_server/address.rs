//! The address of a server of one's own: what a person may type, and what becomes
//! of it.
//!
//! The service worker has the last word on what gets into the policy (`isHost` in
//! `public/sw.js`); here the same is decided before, with a reason.

/// What an address is made of, as a browser's own `URL` takes it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Scheme, host and port; a default port is left out.
    pub origin: String,
    /// With its colon.
    pub protocol: String,
    /// In small ASCII letters, whatever script it was written in.
    pub hostname: String,
    pub has_credentials: bool,
    pub path: String,
    /// Something stands behind the path.
    pub has_more: bool,
}

/// Why an address cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("nothing was typed")]
    Empty,
    #[error("it is too long")]
    TooLong,
    #[error("it begins with neither http:// nor https://")]
    NoScheme,
    #[error("it cannot be read as an address")]
    Unreadable,
    #[error("it holds a user name or a password")]
    Credentials,
    #[error("something stands behind the path")]
    Query,
    #[error("a policy cannot name this host")]
    Host,
    #[error("it is neither encrypted nor within the house")]
    NotNear,
}

impl Unfit {
    /// For tests, which do not read words.
    pub fn name(self) -> &'static str {
        match self {
            Unfit::Empty => "empty",
            Unfit::TooLong => "too-long",
            Unfit::NoScheme => "no-scheme",
            Unfit::Unreadable => "unreadable",
            Unfit::Credentials => "credentials",
            Unfit::Query => "query",
            Unfit::Host => "host",
            Unfit::NotNear => "not-near",
        }
    }
}

/// More than any address somebody types.
pub const LONGEST: usize = 2048;
/// More than any name in the net.
const LONGEST_HOST: usize = 253;

/// An address that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    origin: String,
    hostname: String,
    /// What stands before `/v1`, without a slash at its end.
    path: String,
}

impl Address {
    /// Reads what was typed, or what an earlier visit wrote down.
    pub fn read(text: &str, take_apart: impl Fn(&str) -> Option<Parts>) -> Result<Self, Unfit> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Unfit::Empty);
        }
        if text.len() > LONGEST {
            return Err(Unfit::TooLong);
        }
        let scheme = text.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        if !matches!(scheme.as_deref(), Some("http" | "https")) {
            return Err(Unfit::NoScheme);
        }
        // Some browsers would take a blank for a part of the name.
        let parts = Some(text).filter(|text| !text.contains(char::is_whitespace));
        let parts = parts.and_then(take_apart).ok_or(Unfit::Unreadable)?;
        if parts.has_credentials {
            return Err(Unfit::Credentials);
        }
        if parts.has_more {
            return Err(Unfit::Query);
        }
        if !is_nameable(&parts.hostname) {
            return Err(Unfit::Host);
        }
        if parts.protocol != "https:" && !is_near(&parts.hostname) {
            return Err(Unfit::NotNear);
        }
        let path = before_v1(&parts.path).to_owned();
        Ok(Self { origin: parts.origin, hostname: parts.hostname, path })
    }

    /// As the policy names it.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// As a person sees it and as it is kept.
    pub fn base(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }

    /// Where such a server lists its models.
    pub fn models(&self) -> String {
        format!("{}/v1/models", self.base())
    }

    pub fn is_encrypted(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// On this very device.
    pub fn is_here(&self) -> bool {
        is_loopback(&self.hostname)
    }

    /// On this device or within the house.
    pub fn is_near(&self) -> bool {
        is_near(&self.hostname)
    }
}

/// Many copy the address with what every such server has below it.
fn before_v1(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix("/v1/models").unwrap_or(path);
    path.strip_suffix("/v1").unwrap_or(path).trim_end_matches('/')
}

/// What a policy has a grammar for: no star, nothing that ends a directive, no
/// underscore and no IPv6.
fn is_nameable(host: &str) -> bool {
    let is_fit = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
    host.len() <= LONGEST_HOST
        && host.split('.').all(|part| !part.is_empty() && part.bytes().all(is_fit))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || numbers(host).is_some_and(|[first, ..]| first == 127)
}

fn is_near(host: &str) -> bool {
    is_loopback(host)
        || host.ends_with(".local")
        || matches!(
            numbers(host),
            Some([10, ..] | [192, 168, ..] | [169, 254, ..] | [172, 16..=31, ..])
        )
}

/// A browser writes every IPv4 address in this one way, however it was typed.
fn numbers(host: &str) -> Option<[u8; 4]> {
    host.parse::<std::net::Ipv4Addr>().ok().map(|address| address.octets())
}

#[cfg(test)]
mod tests {
    use super::super::addresses::{BAD, GOOD};
    use super::*;

    /// By the same standard as in a browser.
    fn take_apart(text: &str) -> Option<Parts> {
        let url = url::Url::parse(text).ok()?;
        Some(Parts {
            origin: url.origin().ascii_serialization(),
            protocol: format!("{}:", url.scheme()),
            hostname: url.host_str().unwrap_or_default().to_owned(),
            has_credentials: !url.username().is_empty() || url.password().is_some(),
            path: url.path().to_owned(),
            has_more: url.query().is_some() || url.fragment().is_some(),
        })
    }

    #[test]
    fn an_address_becomes_what_the_policy_can_name() {
        for &(text, base) in GOOD {
            let read = Address::read(text, take_apart).map(|address| address.base());
            assert_eq!(read, Ok(base.to_owned()), "{text}");
            // What is kept is read again on the next visit.
            let again = Address::read(base, take_apart).expect(base);
            assert_eq!(again.base(), base);
            assert_eq!(again.models(), format!("{base}/v1/models"));
            assert!(base.starts_with(again.origin()));
        }
    }

    #[test]
    fn what_cannot_be_added_has_a_reason() {
        for &(text, why) in BAD {
            let read = Address::read(text, take_apart);
            assert_eq!(read.map_err(Unfit::name), Err(why), "{text}");
        }
    }

    #[test]
    fn lengths_are_bounded() {
        let long_name = format!("https://{}.example", "a.".repeat(150));
        assert_eq!(Address::read(&long_name, take_apart), Err(Unfit::Host));
        let long_path = format!("https://a.example/{}", "a".repeat(LONGEST));
        assert_eq!(Address::read(&long_path, take_apart), Err(Unfit::TooLong));
    }

    #[test]
    fn this_device_is_told_from_the_house() {
        for (text, is_here, is_near) in [
            ("http://localhost:1", true, true),
            ("http://a.localhost", true, true),
            ("http://127.9.9.9", true, true),
            ("http://printer.local", false, true),
            ("http://192.168.0.7", false, true),
            ("https://a.example", false, false),
        ] {
            let address = Address::read(text, take_apart).expect(text);
            assert_eq!((address.is_here(), address.is_near()), (is_here, is_near), "{text}");
        }
    }
}
