//! The closed table of units that a record can carry.

use serde::{Deserialize, Serialize};

macro_rules! units {
    ($($name:ident = $symbol:literal,)*) => {
        /// A unit of measurement, written with its SI or UCUM print symbol.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "bindings", derive(specta::Type))]
        pub enum Unit {
            $(#[serde(rename = $symbol)] $name,)*
        }

        // The derived schema would not see through the macro to the symbols.
        impl utoipa::PartialSchema for Unit {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some("A unit of measurement, written with its SI or UCUM print symbol."))
                    .enum_values(Some(Self::ALL.iter().map(|unit| unit.symbol())))
                    .into()
            }
        }

        impl utoipa::ToSchema for Unit {}

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
