//! Somebody who was not admitted tries to buy all the same.

use souk_flash_sales::{ADMISSION_MAX, KeyRing};

use super::{Fixed, Shop, user};
use crate::clock::pause_millis;
use souk_domain::flash_sale::ShopperKey;

/// Who is never admitted.
const STRANGER: u64 = 1_000;

/// Sends them in.
pub fn enter(shop: &Shop) {
    let shop = shop.clone();
    shop.sim.clone().executor.spawn("stranger", async move {
        pause_millis(shop.sim.pick(&[0, 5, 1_000])).await;
        let admission = pretended(&shop).await.unwrap_or_default();
        let response = shop.post(&user(STRANGER), &admission, "pm_card_visa").await;
        if let Some(response) = response.filter(|response| !matches!(response.status, 401 | 403 | 503)) {
            let text = format!("invariant_i12: who was not admitted was answered {}", response.status);
            shop.sim.promises.borrow_mut().violations.push(text);
        }
    });
}

/// None, another shopper's, one that has ended, or one of their own making.
async fn pretended(shop: &Shop) -> Option<String> {
    let (sale_id, now) = (&shop.sale_id, shop.sim.clock.now());
    let (stranger, shopper) = (ShopperKey::of(&user(STRANGER)).ok()?, ShopperKey::of(&user(0)).ok()?);
    let forger = KeyRing::new(Fixed("guessed"));
    match shop.sim.within(0..4) {
        0 => None,
        1 => shop.ring.issue_admission(sale_id, &shopper, ADMISSION_MAX, now).await.ok(),
        2 => shop.ring.issue_admission(sale_id, &stranger, ADMISSION_MAX, now - ADMISSION_MAX * 2).await.ok(),
        _ => forger.issue_admission(sale_id, &stranger, ADMISSION_MAX, now).await.ok(),
    }
}
