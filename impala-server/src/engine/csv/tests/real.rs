//! Files that people have.

use super::*;

/// `name type` of each column.
fn schema(kept: &Kept) -> Vec<String> {
    kept.scanned.columns.iter().map(|column| format!("{} {}", column.name, column.column_type)).collect()
}

fn example(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../examples/{name}", env!("CARGO_MANIFEST_DIR")))
        .expect("it ships with the project")
}

#[test]
fn seattle_weather_is_read() {
    let kept = good(example("seattle-weather.csv"), &automatic());
    assert_eq!(
        (kept.scanned.rows, kept.scanned.delimiter.as_str(), kept.scanned.encoding.as_str()),
        (1461, ",", "UTF-8")
    );
    assert_eq!(
        schema(&kept),
        [
            "date date",
            "precipitation decimal",
            "temp_max decimal",
            "temp_min decimal",
            "wind decimal",
            "weather string"
        ]
    );
    assert_eq!(kept.scanned.columns[0].reason, "all 1,461 values are dates like 2012-01-01");
    let sum: f64 = kept
        .convert()
        .column("precipitation")
        .expect("a column")
        .f64()
        .expect("decimals")
        .iter()
        .flatten()
        .sum();
    assert!((sum - 4426.0).abs() < 1e-6, "{sum}");
}

#[test]
fn penguins_are_read() {
    let kept = good(example("penguins.csv"), &automatic());
    let nulls: Vec<u64> = kept.scanned.columns.iter().map(|column| column.nulls).collect();
    assert_eq!((kept.scanned.rows, nulls), (344, vec![0, 0, 2, 2, 2, 2, 11]));
    assert_eq!(
        schema(&kept),
        [
            "species string",
            "island string",
            "bill_length_mm decimal",
            "bill_depth_mm decimal",
            "flipper_length_mm integer",
            "body_mass_g integer",
            "sex string",
        ]
    );
    assert_eq!(kept.convert().column("sex").expect("a column").null_count(), 11);
}

#[test]
fn taxi_trips_are_read() {
    let csv = "pickup,dropoff,passengers,distance,total,payment,pickup_zone\n\
        2019-03-23 20:21:09,2019-03-23 20:27:24,1,1.6,12.95,credit card,Lenox Hill West\n\
        2019-03-04 16:11:55,2019-03-04 16:19:00,1,0.79,9.3,cash,Upper West Side South\n\
        2019-03-27 17:53:01,2019-03-27 18:00:25,0,1.37,14.16,,\n";
    let kept = good(csv, &automatic());
    assert_eq!(
        schema(&kept),
        [
            "pickup datetime",
            "dropoff datetime",
            "passengers integer",
            "distance decimal",
            "total decimal",
            "payment string",
            "pickup_zone string",
        ]
    );
    let types: Vec<String> =
        kept.convert().columns().iter().map(|column| column.dtype().to_string()).collect();
    assert_eq!(types, ["datetime[μs]", "datetime[μs]", "i64", "f64", "f64", "str", "str"]);
}

#[test]
fn stock_prices_are_read() {
    let kept = good(
        "symbol,date,price\nMSFT,Jan 1 2000,39.81\nMSFT,Feb 1 2000,36.35\nAAPL,Mar 1 2010,223\n",
        &automatic(),
    );
    assert_eq!(schema(&kept), ["symbol string", "date date", "price decimal"]);
    let (min, max) = (kept.scanned.columns[1].min.as_deref(), kept.scanned.columns[1].max.as_deref());
    assert_eq!((min, max), (Some("2000-01-01"), Some("2010-03-01")));
}
