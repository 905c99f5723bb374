//! Fields that an answer may leave out or set to `null`.

use serde::{Deserialize, Deserializer};

/// Reads `null` as if the field were missing.
pub(crate) fn or_default<'de, D, T>(field: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(field)?.unwrap_or_default())
}
