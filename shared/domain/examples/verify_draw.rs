//! Repeats the draw of a closed sale from what the sale publishes, and tells a shopper's position:
//! `curl -s $SHOP/sales/$SALE | cargo run -q -p souk-domain --example verify_draw -- $USER_ID $JOINED_AT`

use std::error::Error;

use souk_domain::{
    flash_sale::{Draw, ShopperKey, drand},
    ids::UserId,
};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [user, joined_at] = arguments.as_slice() else {
        return Err("say whose position: a user id and when they joined, such as 2027-01-15T07:59:00Z".into());
    };
    let user: UserId = user.parse()?;
    let draw: Draw = serde_json::from_reader(std::io::stdin())?;
    let position = draw.position(&ShopperKey::of(&user)?, joined_at.parse()?)?;
    println!("the key matches its commitment {}", draw.commitment);
    match draw.beacon {
        Some(beacon) => println!(
            "the beacon is the opening's: compare round {} of drand's chain {} with {}",
            beacon.round(),
            drand::CHAIN,
            beacon.randomness()
        ),
        None => println!("there was no beacon: whoever chose the key knew the draw"),
    }
    println!("position {position}");
    Ok(())
}
