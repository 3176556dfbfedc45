use viruj_api::lists::{GateEntry, GoodsReceipt, Material, Page, PageQuery, QualitySample, QualityTest};
use viruj_domain::plant::PlantScope;
use viruj_storage::{Database, StorageError};
macro_rules! stub { ($($n:ident: $t:ty),*) => {$( pub async fn $n(_: &Database, _: &PlantScope, _: &PageQuery) -> Result<Page<$t>, StorageError> { Err(StorageError::CursorInvalid) } )*} }
stub!(gate_entries: GateEntry, goods_receipts: GoodsReceipt, quality_samples: QualitySample, quality_tests: QualityTest, materials: Material);
