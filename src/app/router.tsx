import { createHashHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import type { ListName } from "../bridge/bindings";
import { ApiKeysRoute } from "./routes/api-keys-route";
import { AuditTrailRoute } from "./routes/audit-trail-route";
import { BackupsRoute } from "./routes/backups-route";
import { BatchesRoute } from "./routes/batches-route";
import { BrokenScreen } from "./routes/broken-screen";
import { ConflictsRoute } from "./routes/conflicts-route";
import { CapaRoute, CapasRoute, DeviationRoute, DeviationsRoute } from "./routes/deviations-route";
import { EquipmentRoute } from "./routes/equipment-route";
import { ExecutionRoute } from "./routes/execution-route";
import { FirstScreen } from "./routes/first-screen";
import { ListRoute } from "./routes/list-route";
import { LotsRoute } from "./routes/lots-route";
import { MasterRecordEditorRoute, MasterRecordRoute, MasterRecordsRoute } from "./routes/master-records-route";
import { MissingScreen } from "./routes/missing-screen";
import { PlantsRoute } from "./routes/plants-route";
import { ProfileRoute } from "./routes/profile-route";
import { QualificationsRoute } from "./routes/qualifications-route";
import { ReleasesRoute } from "./routes/releases-route";
import { ReviewRoute, ReviewsRoute } from "./routes/reviews-route";
import { RolesRoute } from "./routes/roles-route";
import { SettingsRoute } from "./routes/settings-route";
import { UsersRoute } from "./routes/users-route";
import { Shell } from "./shell/shell";

const root = createRootRoute({ component: Shell, notFoundComponent: MissingScreen });
const first = createRoute({ getParentRoute: () => root, path: "/", component: FirstScreen });
const batches = createRoute({ getParentRoute: () => root, path: "/batches", component: BatchesRoute });
const lastBatch = createRoute({ getParentRoute: () => root, path: "/execution", component: () => <ExecutionRoute /> });
const batch = createRoute({
  getParentRoute: () => root,
  path: "/batches/$batchId",
  component: function Batch() {
    return <ExecutionRoute batchId={batch.useParams().batchId} />;
  },
});
const list = createRoute({
  getParentRoute: () => root,
  path: "/lists/$list",
  params: { parse: ({ list: name }) => ({ list: name as ListName }), stringify: ({ list: name }) => ({ list: name }) },
  component: function List() {
    const { list: name } = list.useParams();
    return <ListRoute key={name} list={name} />;
  },
});
const masterRecords = createRoute({
  getParentRoute: () => root,
  path: "/master-records",
  component: MasterRecordsRoute,
});
const masterRecord = createRoute({
  getParentRoute: () => root,
  path: "/master-records/$recordId",
  component: function MasterRecord() {
    return <MasterRecordRoute recordId={masterRecord.useParams().recordId} />;
  },
});
const masterRecordEditor = createRoute({
  getParentRoute: () => root,
  path: "/master-records/$recordId/edit",
  component: function MasterRecordEditor() {
    return <MasterRecordEditorRoute recordId={masterRecordEditor.useParams().recordId} />;
  },
});
const reviews = createRoute({ getParentRoute: () => root, path: "/reviews", component: ReviewsRoute });
const review = createRoute({
  getParentRoute: () => root,
  path: "/reviews/$batchId",
  component: function Review() {
    return <ReviewRoute batchId={review.useParams().batchId} />;
  },
});
const conflicts = createRoute({ getParentRoute: () => root, path: "/conflicts", component: ConflictsRoute });
const deviations = createRoute({ getParentRoute: () => root, path: "/deviations", component: DeviationsRoute });
const deviation = createRoute({
  getParentRoute: () => root,
  path: "/deviations/$deviationId",
  component: function Deviation() {
    return <DeviationRoute deviationId={deviation.useParams().deviationId} />;
  },
});
const capas = createRoute({ getParentRoute: () => root, path: "/capas", component: CapasRoute });
const capa = createRoute({
  getParentRoute: () => root,
  path: "/capas/$capaId",
  component: function Capa() {
    return <CapaRoute capaId={capa.useParams().capaId} />;
  },
});
const auditTrail = createRoute({ getParentRoute: () => root, path: "/audit-trail", component: AuditTrailRoute });
const apiKeys = createRoute({ getParentRoute: () => root, path: "/api-keys", component: ApiKeysRoute });
const backups = createRoute({ getParentRoute: () => root, path: "/backups", component: BackupsRoute });
const releases = createRoute({ getParentRoute: () => root, path: "/releases", component: ReleasesRoute });
const lots = createRoute({
  getParentRoute: () => root,
  path: "/lots",
  validateSearch: ({ lot }: Record<string, unknown>): { lot?: string } => (typeof lot === "string" ? { lot } : {}),
  component: function Lots() {
    return <LotsRoute opened={lots.useSearch().lot ?? null} />;
  },
});
const equipment = createRoute({ getParentRoute: () => root, path: "/equipment", component: EquipmentRoute });
const qualifications = createRoute({
  getParentRoute: () => root,
  path: "/qualifications",
  component: QualificationsRoute,
});
const users = createRoute({ getParentRoute: () => root, path: "/users", component: UsersRoute });
const roles = createRoute({ getParentRoute: () => root, path: "/roles", component: RolesRoute });
const plants = createRoute({ getParentRoute: () => root, path: "/plants", component: PlantsRoute });
const profile = createRoute({ getParentRoute: () => root, path: "/profile", component: ProfileRoute });
const settings = createRoute({ getParentRoute: () => root, path: "/settings", component: SettingsRoute });

const routeTree = root.addChildren([
  first,
  batches,
  lastBatch,
  batch,
  list,
  masterRecords,
  masterRecord,
  masterRecordEditor,
  lots,
  equipment,
  qualifications,
  reviews,
  review,
  conflicts,
  deviations,
  deviation,
  capas,
  capa,
  users,
  roles,
  plants,
  auditTrail,
  apiKeys,
  backups,
  releases,
  profile,
  settings,
]);

export function createAppRouter() {
  return createRouter({
    routeTree,
    history: createHashHistory(),
    defaultErrorComponent: BrokenScreen,
    defaultNotFoundComponent: MissingScreen,
    // The scroll of the lists belongs to the lists.
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
