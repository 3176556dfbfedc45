import type {
  NewUser,
  PlantItem,
  RoleMatrix,
  SessionItem,
  ShownSecret,
  UserAction,
  UserActivity,
  UserChange,
  UserDetails,
  UserItem,
  UserListQuery,
} from "../bridge/bindings";
import { failure } from "./fake-station";

const plants = [
  { id: "plant-a", name: "Hyderabad Plant" },
  { id: "plant-b", name: "Dublin Plant" },
];

export const accounts: UserItem[] = [
  account("admin-1", "Admin User", "admin@pharma.com", "System Admin", "Administration"),
  account("prod-op-1", "David Chen", "david.chen@pharma.com", "Production Operator", "Production"),
  account("qa-man-1", "Priya Sharma", "priya.sharma@pharma.com", "QA Manager", "Quality Assurance"),
];

function account(id: string, name: string, email: string, role: string, department: string): UserItem {
  const seesAllPlants = role === "System Admin";
  return {
    id,
    name,
    email,
    role,
    department,
    plants: seesAllPlants ? [] : plants.slice(0, 1),
    seesAllPlants,
    state: "active",
    mustChangePassword: false,
    hasSecondFactor: id === "qa-man-1",
    lockedUntil: null,
    createdAt: "2026-11-01T06:00:00Z",
    lastSignedInAt: seesAllPlants ? "2026-11-24T08:00:00Z" : null,
  };
}

export const roleMatrix: RoleMatrix = {
  capabilities: ["batch.read", "batch.execute", "user.manage"],
  roles: [
    {
      role: "Production Operator",
      departments: ["Production"],
      capabilities: ["batch.read", "batch.execute"],
      needsPlant: true,
    },
    {
      role: "Plant Head",
      departments: ["Administration", "Production"],
      capabilities: ["batch.read"],
      needsPlant: true,
    },
    { role: "System Admin", departments: ["Administration"], capabilities: ["user.manage"], needsPlant: false },
  ],
};

export const plantItems: PlantItem[] = plants.map(({ id, name }, index) => ({
  id,
  name,
  region: "APAC",
  timeZone: "Asia/Kolkata",
  managerId: index === 0 ? "prod-op-1" : null,
  managerName: index === 0 ? "David Chen" : null,
  people: 14 - index,
  stations: 2,
  batches: index === 0 ? [{ status: "Planned", count: 7 }] : [],
  batchCount: index === 0 ? 7 : 0,
}));

const session: SessionItem = {
  id: "0193fe00-0000-7000-8000-000000000001",
  createdAt: "2026-11-24T07:00:00Z",
  lastUsedAt: "2026-11-24T08:59:00Z",
  expiresAt: "2026-11-24T19:00:00Z",
  clientAddress: "10.0.0.7",
};

/** Accounts, roles and plants as the server would answer, roughly. */
export class FakeAdministration {
  readonly accounts = structuredClone(accounts);
  sessions = [session];
  /** Somebody else changes the account before the next change of it. */
  isRaced = false;
  private version = 1;

  answer(command: string, args: Record<string, unknown>, ownId: string | undefined): unknown {
    switch (command) {
      case "list_users":
        return this.list(args.query as UserListQuery);
      case "open_user":
        return this.open(args.userId as string, ownId);
      case "create_user":
        return this.create(args.user as NewUser);
      case "change_user": {
        const change = args.change as UserChange;
        this.refuseLostRace(change.etag);
        const chosen = plants.filter(({ id }) => change.plantIds.includes(id));
        Object.assign(this.find(change.id), { name: change.name, role: change.role, plants: chosen });
        this.version += 1;
        return null;
      }
      case "set_user_active": {
        const activity = args.activity as UserActivity;
        this.refuseLostRace(activity.etag);
        this.find(activity.id).state = activity.isActive ? "active" : "inactive";
        this.version += 1;
        return null;
      }
      case "unlock_user":
        this.find((args.action as UserAction).id).state = "active";
        return null;
      case "remove_user_second_factor":
        this.find((args.action as UserAction).id).hasSecondFactor = false;
        return null;
      case "give_one_time_secret":
        return this.secretOf(this.find((args.action as UserAction).id));
      case "end_user_sessions":
        this.sessions = this.sessions.filter(({ id }) => args.sessionId !== null && id !== args.sessionId);
        return null;
      case "role_matrix":
        return roleMatrix;
      case "list_plants":
        return { items: plantItems, canManage: true };
      case "open_plant":
        return { plant: plantItems[0], etag: '"p"', candidates: accounts.map(({ id, name }) => ({ id, name })) };
      case "create_plant":
        return plantItems[0];
      default:
        return null;
    }
  }

  private list(query: UserListQuery) {
    const looked = query.search.toLowerCase();
    const items = this.accounts.filter(
      (user) =>
        `${user.name} ${user.email}`.toLowerCase().includes(looked) &&
        (query.role === null || user.role === query.role) &&
        (query.state === null || user.state === query.state),
    );
    if (query.sort === "-name") items.reverse();
    return { items: structuredClone(items), nextCursor: null };
  }

  private find(id: string): UserItem {
    const user = this.accounts.find((candidate) => candidate.id === id);
    if (user === undefined) throw failure("not_found");
    return user;
  }

  private open(id: string, ownId: string | undefined): UserDetails {
    const user = structuredClone(this.find(id));
    return { user, etag: `"${this.version}"`, sessions: this.sessions, isOwn: id === ownId };
  }

  private create(user: NewUser): ShownSecret {
    if (this.accounts.some(({ email }) => email === user.email)) throw failure("email_taken");
    const made = account(`new-${this.accounts.length}`, user.name, user.email, user.role, user.department);
    this.accounts.push({ ...made, mustChangePassword: true });
    return this.secretOf(made);
  }

  private secretOf({ id, name, email }: UserItem): ShownSecret {
    return { userId: id, name, email, secret: "abcde-fghij-kmnpq-rstuv-wxyz2" };
  }

  private refuseLostRace(etag: string) {
    if (this.isRaced) {
      this.isRaced = false;
      this.version += 1;
      this.find("qa-man-1").name = "Priya Sharma-Rao";
    }
    if (etag !== `"${this.version}"`) throw failure("changed_meanwhile");
  }
}
