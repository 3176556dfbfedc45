//! A new migration file must be seen by `sqlx::migrate!`, which by itself only follows the files it knows.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations/server");
}
