import {
  IconArrowsSplit2,
  IconBuildingFactory2,
  IconCertificate,
  IconClipboardList,
  IconDatabaseExport,
  IconFileText,
  IconFlag,
  IconHistory,
  IconKey,
  IconListCheck,
  IconMicroscope,
  IconPackage,
  IconPackageImport,
  IconPackages,
  IconPlayerPlay,
  IconTestPipe,
  IconTool,
  IconTools,
  IconTruckDelivery,
  IconUserShield,
  IconUsers,
  IconZoomCheck,
} from "@tabler/icons-react";
import { linkOptions } from "@tanstack/react-router";
import type { ListName, Screen } from "../bridge/bindings";

const list = (name: ListName) => linkOptions({ to: "/lists/$list", params: { list: name } });

/** Where each screen lives and how the menu draws it. */
export const screens = {
  my_batches: { link: linkOptions({ to: "/batches" }), icon: IconListCheck },
  batch_execution: { link: linkOptions({ to: "/execution" }), icon: IconPlayerPlay },
  conflicts: { link: linkOptions({ to: "/conflicts" }), icon: IconArrowsSplit2 },
  batch_reviews: { link: linkOptions({ to: "/reviews" }), icon: IconZoomCheck },
  gate_entries: { link: list("gate_entries"), icon: IconTruckDelivery },
  goods_receipts: { link: list("goods_receipts"), icon: IconPackageImport },
  quality_samples: { link: list("quality_samples"), icon: IconTestPipe },
  quality_tests: { link: list("quality_tests"), icon: IconMicroscope },
  master_records: { link: linkOptions({ to: "/master-records" }), icon: IconFileText },
  lots: { link: linkOptions({ to: "/lots" }), icon: IconPackages },
  equipment: { link: linkOptions({ to: "/equipment" }), icon: IconTool },
  qualifications: { link: linkOptions({ to: "/qualifications" }), icon: IconCertificate },
  deviations: { link: linkOptions({ to: "/deviations" }), icon: IconFlag },
  capas: { link: linkOptions({ to: "/capas" }), icon: IconTools },
  users: { link: linkOptions({ to: "/users" }), icon: IconUsers },
  roles: { link: linkOptions({ to: "/roles" }), icon: IconUserShield },
  plants: { link: linkOptions({ to: "/plants" }), icon: IconBuildingFactory2 },
  materials: { link: list("materials"), icon: IconClipboardList },
  audit_trail: { link: linkOptions({ to: "/audit-trail" }), icon: IconHistory },
  api_keys: { link: linkOptions({ to: "/api-keys" }), icon: IconKey },
  backups: { link: linkOptions({ to: "/backups" }), icon: IconDatabaseExport },
  releases: { link: linkOptions({ to: "/releases" }), icon: IconPackage },
} satisfies Record<Screen, { link: object; icon: unknown }>;
