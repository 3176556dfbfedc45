import type { ApiKeyEnd, ApiKeyItem, ApiKeyListQuery, Capability, NewApiKey, ShownApiKey } from "../bridge/bindings";
import { failure } from "./fake-station";

const plants = [
  { id: "plant-a", name: "Hyderabad Plant" },
  { id: "plant-b", name: "Dublin Plant" },
];
const scopes: Capability[] = ["plant.read", "audit.read"];

function key(number: number, name: string, change: Partial<ApiKeyItem> = {}): ApiKeyItem {
  return {
    id: `0193fe00-0000-7000-8000-00000000000${number}`,
    name,
    plants: plants.slice(0, 1),
    scopes: ["plant.read"],
    state: "active",
    createdAt: "2026-10-01T06:00:00Z",
    createdByName: "Admin User",
    expiresAt: "2026-12-30T06:00:00Z",
    lastUsedAt: "2026-11-24T08:00:00Z",
    revokedAt: null,
    revokedBy: null,
    revokedCause: null,
    ...change,
  };
}

export const apiKeys = [
  key(1, "Yield report"),
  key(2, "Scale of line 2", { state: "expires_soon", expiresAt: "2026-11-30T06:00:00Z", lastUsedAt: null }),
  key(3, "Old report", {
    state: "revoked",
    revokedAt: "2026-11-02T06:00:00Z",
    revokedBy: "Admin User",
    revokedCause: "maker_deactivated",
  }),
];

/** API keys as the server would answer, roughly. */
export class FakeApiKeys {
  keys = structuredClone(apiKeys);
  plants = plants;
  /** The answer that held the text of the next key gets lost. */
  isAnswerLost = false;

  answer(command: string, args: Record<string, unknown>): unknown {
    switch (command) {
      case "list_api_keys": {
        const { state } = args.query as ApiKeyListQuery;
        return { items: this.keys.filter((item) => state === null || item.state === state), nextCursor: null };
      }
      case "api_key_choices":
        return { plants: this.plants, scopes, days: [30, 90, 180, 365], usualDays: 90 };
      case "create_api_key":
        return this.create(args.key as NewApiKey);
      default:
        return this.revoke(args.end as ApiKeyEnd);
    }
  }

  private create({ name, plantIds, scopes: chosen }: NewApiKey): ShownApiKey {
    const made = key(this.keys.length + 1, name, {
      plants: plants.filter(({ id }) => plantIds.includes(id)),
      scopes: chosen,
      lastUsedAt: null,
    });
    this.keys = [made, ...this.keys];
    return { key: made, secret: this.isAnswerLost ? null : `vk_${made.id.replaceAll("-", "")}_${"abcd".repeat(13)}` };
  }

  private revoke({ id }: ApiKeyEnd): ApiKeyItem {
    const found = this.keys.find((item) => item.id === id);
    if (found === undefined) throw failure("not_found");
    const end = { revokedAt: "2026-11-24T09:00:00Z", revokedBy: "Admin User", revokedCause: "by_a_person" } as const;
    const revoked: ApiKeyItem = { ...found, ...end, state: "revoked" };
    this.keys = this.keys.map((item) => (item.id === id ? revoked : item));
    return revoked;
  }
}
