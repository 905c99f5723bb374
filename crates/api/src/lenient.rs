//! Fields that an answer may leave out, or fill with `null`.

use serde::{Deserialize, Deserializer};

/// Reads `null` like a field that is not there.
pub(crate) fn or_default<'de, D, T>(field: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(field)?.unwrap_or_default())
}
