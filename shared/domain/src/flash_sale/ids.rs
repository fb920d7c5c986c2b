use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::MAX_SHARDS;
use crate::ids::{FlashSaleId, IdError, UserId, derived, id, is_server_id};

id!(
    /// A shopper in 22 characters: what a claim costs in its shard depends on this length. It is the
    /// base64url form of the user's UUID, so a claim still names its user.
    ShopperKey,
    "a shopper key",
    |text| uuid_of(text).is_some()
);

impl ShopperKey {
    /// The shopper that this user is.
    ///
    /// # Errors
    /// [`IdError`] where the user's id is not a UUID in its usual form (lower case, with hyphens): only
    /// that form comes back from the key.
    pub fn of(user: &UserId) -> Result<Self, IdError> {
        let not_eligible = IdError { expected: "a user id that is a UUID" };
        let uuid = Uuid::try_parse(user.as_str()).map_err(|_| not_eligible)?;
        let key = Self(URL_SAFE_NO_PAD.encode(uuid.as_bytes()));
        if uuid.as_hyphenated().to_string() == user.as_str() { Ok(key) } else { Err(not_eligible) }
    }

    /// The user whose key this is.
    pub fn user(&self) -> UserId {
        UserId::from_uuid(uuid_of(&self.0).unwrap_or_default())
    }
}

fn uuid_of(key: &str) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(key).ok()?;
    Uuid::from_slice(&bytes).ok()
}

id!(
    /// A shopper's wish to buy in a sale, once a unit is claimed for it. It names the shard of the
    /// claim, so that one read answers for an intent that has no order yet.
    IntentId,
    "an intent id",
    |text| parts(text).is_some()
);

impl IntentId {
    /// The intent of this user in this sale, claimed in this shard.
    pub fn of(sale: &FlashSaleId, user: &UserId, shard: u32) -> Self {
        Self(format!("{}_{shard}", stem(sale, user)))
    }

    /// True where it is this user's intent in this sale, in whichever shard.
    pub fn belongs_to(&self, sale: &FlashSaleId, user: &UserId) -> bool {
        parts(&self.0).is_some_and(|(own, _)| own == stem(sale, user))
    }

    /// The shard that its claim stands in.
    pub fn shard(&self) -> u32 {
        parts(&self.0).map_or(0, |(_, shard)| shard)
    }
}

fn stem(sale: &FlashSaleId, user: &UserId) -> String {
    format!("int_{}", derived(&["intent", sale.as_str(), user.as_str()]).simple())
}

/// Everything before the shard's number, and that number, in the one way to write it.
fn parts(text: &str) -> Option<(&str, u32)> {
    let (stem, shard) = text.rsplit_once('_')?;
    let number: u32 = shard.parse().ok()?;
    (is_server_id(stem, "int_") && number < MAX_SHARDS && number.to_string() == shard).then_some((stem, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(number: u128) -> UserId {
        Uuid::from_u128(number).to_string().parse().unwrap()
    }

    #[test]
    fn a_shopper_key_has_22_characters_and_names_its_user() {
        for number in [0, 1, u128::MAX, 0x1234_5678_9abc_def0_1122_3344_5566_7788] {
            let key = ShopperKey::of(&user(number)).unwrap();
            assert_eq!(key.as_str().len(), 22);
            assert_eq!(key.user(), user(number));
            assert_eq!(key.as_str().parse::<ShopperKey>().unwrap(), key);
        }
    }

    #[test]
    fn a_user_whose_id_is_no_uuid_in_its_usual_form_has_no_key() {
        for other in ["shopper", "6579C22F-BE2B-444C-A52B-0116DD82DF6C", "6579c22fbe2b444ca52b0116dd82df6c"] {
            let refusal = ShopperKey::of(&other.parse().unwrap()).unwrap_err();
            assert_eq!(refusal.to_string(), "is not a user id that is a UUID", "{other}");
        }
    }

    #[test]
    fn other_texts_are_no_shopper_keys() {
        // The last of 22 characters carries two bits: only four values of it are canonical.
        for bad in
            ["", "AAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAB", "+AAAAAAAAAAAAAAAAAAAAA"]
        {
            assert!(bad.parse::<ShopperKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_intent_id_belongs_to_one_user_in_one_sale_and_names_its_shard() {
        let (sale, other): (FlashSaleId, FlashSaleId) = ("s1".parse().unwrap(), "s2".parse().unwrap());
        let intent = IntentId::of(&sale, &user(7), 416);
        assert_eq!(intent.as_str().parse::<IntentId>().unwrap(), intent);
        assert_eq!(intent.shard(), 416);
        assert_eq!(
            IntentId::of(&sale, &user(7), MAX_SHARDS - 1).as_str().parse::<IntentId>().unwrap().shard(),
            MAX_SHARDS - 1
        );
        assert!(intent.belongs_to(&sale, &user(7)));
        assert!(IntentId::of(&sale, &user(7), 3).belongs_to(&sale, &user(7)), "in whichever shard");
        assert!(!intent.belongs_to(&sale, &user(8)));
        assert!(!intent.belongs_to(&other, &user(7)));
    }

    #[test]
    fn other_texts_are_no_intent_ids() {
        let hex = "0123456789abcdef0123456789abcdef";
        assert!(format!("int_{hex}_0").parse::<IntentId>().is_ok());
        for bad in ["_", "_01", "_+1", "_-1", "", "_x", &format!("_{MAX_SHARDS}"), "_1_1"] {
            assert!(format!("int_{hex}{bad}").parse::<IntentId>().is_err(), "{bad}");
        }
        assert!(format!("ord_{hex}_1").parse::<IntentId>().is_err());
    }
}
