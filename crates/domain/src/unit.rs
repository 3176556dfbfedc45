//! The closed table of units that a record can carry.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! units {
    ($($name:ident = $symbol:literal,)*) => {
        /// A unit of measurement, written with its SI or UCUM print symbol.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        pub enum Unit {
            $(#[serde(rename = $symbol)] $name,)*
        }

        impl Unit {
            pub const ALL: &'static [Unit] = &[$(Unit::$name,)*];

            /// The symbol as it is printed beside the number.
            #[must_use]
            pub fn symbol(self) -> &'static str {
                match self { $(Unit::$name => $symbol,)* }
            }
        }
    };
}

units! {
    Kilogram = "kg",
    Gram = "g",
    Milligram = "mg",
    Litre = "L",
    Millilitre = "mL",
    RevolutionsPerMinute = "rpm",
    Hour = "h",
    Minute = "min",
    Second = "s",
    DegreeCelsius = "°C",
    Percent = "%",
    Millibar = "mbar",
    Bar = "bar",
    Pascal = "Pa",
    Kilonewton = "kN",
    Newton = "N",
    Kilowatt = "kW",
    Ampere = "A",
    Millimetre = "mm",
    Micrometre = "µm",
    GramPerMillilitre = "g/mL",
    GramPerMinute = "g/min",
    MillilitrePerMinute = "mL/min",
    CubicMetrePerHour = "m³/h",
    Lux = "lx",
    Tablet = "tablets",
    Each = "each",
}
