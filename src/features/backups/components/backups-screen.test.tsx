import { expect, it } from "vitest";
import { administrator, backupList, readyStatus } from "../../../testing/fake-data";
import { failure } from "../../../testing/fake-station";
import { byId, isShown, renderApp } from "../../../testing/render-app";

it("[A11-7.2] lists whole and failed backups and takes one now", async () => {
  const { user, station } = renderApp({ person: administrator }, "#/backups");
  expect(await byId("backup-row-viruj-backup-20261123T210000Z.age")).toHaveTextContent("24 Nov 2026, 02:30Whole");
  expect(await byId("backup-row-viruj-backup-20261122T210000Z.age")).toHaveTextContent(
    "The disk of the backups is full",
  );
  expect(await byId("backups-folder")).toHaveTextContent("/mnt/backup");
  await user.click(await byId("backup-take"));
  expect(await byId("backup-taken")).toHaveTextContent("viruj-backup-20261123T210000Z.age");
  expect(station.calls.some((call) => call.command === "take_backup")).toBe(true);
});

it.each([
  ["overdue", "no backup of the last 24 hours"],
  ["not_configured", "Nothing is backed up"],
])("warns when they are %s", async (warning, words) => {
  renderApp({ person: administrator, backups: { ...backupList, warning } }, "#/backups");
  expect(await byId("backups-warning")).toHaveTextContent(words);
  expect(isShown("backup-take-reason")).toBe(warning === "not_configured");
});

it.each([
  ["embedded", "on this computer", "viruj-station recovery-key"],
  ["server", "on the server", "into /mnt/backup"],
] as const)("says where the files of %s lie, and what opens them", async (source, ...words) => {
  renderApp({ person: administrator, status: { ...readyStatus, source } }, "#/backups");
  for (const word of words) expect(await byId("backups-folder")).toHaveTextContent(word);
});

it("says of the first one that it is no night's", async () => {
  const items = backupList.items.slice(0, 1).map((backup) => ({ ...backup, cause: "first" }));
  renderApp({ person: administrator, backups: { ...backupList, items } }, "#/backups");
  expect(await byId("backup-row-viruj-backup-20261123T210000Z.age")).toHaveTextContent("The first one");
});

it("does not send somebody to a server when the station works straight on a database", async () => {
  const backups = { ...backupList, items: [], folder: null, warning: "not_configured" };
  renderApp({ person: administrator, status: { ...readyStatus, source: "database" }, backups }, "#/backups");
  expect(await byId("backups-warning")).toHaveTextContent("viruj-server backup");
  expect(await byId("backup-take-reason")).toHaveTextContent("does not back up the database");
});

it("says what failed, and that it needs the server", async () => {
  const failures = { take_backup: failure("backup_running") };
  const { user } = renderApp({ person: administrator, failures }, "#/backups");
  await user.click(await byId("backup-take"));
  expect(await byId("backup-failed")).toHaveTextContent("being taken already");
});

it("is honest while the server is gone", async () => {
  const connection = { type: "offline", since: "2026-11-24T08:40:00Z", code: "server_unreachable" } as const;
  const failures = { list_backups: failure("server_unreachable") };
  renderApp({ person: administrator, status: { ...readyStatus, connection }, failures }, "#/backups");
  expect(await byId("backups-failed")).toHaveTextContent("goes on backing up by itself");
  expect(await byId("backup-take-reason")).toHaveTextContent("needs the server");
});
