import { expect, it } from "vitest";
import type { PhaseKind, Procedure } from "../../../bridge/bindings";
import { type EditorAction, edit, isChanged, startEditing, targetOf } from "./editor-state";
import { emptyPhase, filled, freeKey, placedPhases } from "./procedure";

const phase = (key: string, kind: PhaseKind, only_if: string | null = null) => ({
  ...emptyPhase(key),
  title: key,
  kind,
  only_if,
});
const weight: PhaseKind = { type: "value", unit: "kg", places: 2, low: "1.00", target: null, high: "2.00" };
const percent = { unit: "%", places: 1, low: null, target: null, high: null } as const;

const procedure: Procedure = {
  product: "Metformin",
  product_code: "MET500",
  batch_size: "200",
  batch_unit: "kg",
  recipe: [
    {
      key: "api",
      material: "Metformin HCl",
      material_code: "RM-100",
      quantity: "170",
      unit: "kg",
      tolerance_percent: "0.5",
      is_by_potency: false,
    },
  ],
  expected_yield: { phase: "YLD-010", low_percent: "97", high_percent: "102" },
  unit_procedures: [
    {
      name: "Dispensing",
      operations: [
        {
          name: "Weighing",
          phases: [
            phase("DSP-010", {
              type: "material_charge",
              material: "Metformin HCl",
              material_code: "RM-100",
              quantity: { unit: "kg", places: 2 },
              line: "api",
            }),
            phase("CHK-010", { type: "second_person_check", of: ["DSP-010"] }),
          ],
        },
        { name: "Room", only_if: "{DSP-010} > 1[kg]", phases: [phase("ROOM-010", { type: "confirmation" })] },
      ],
    },
    {
      name: "Yield",
      only_if: "{DSP-010} > 0[kg] and {DSP-0100} > 0[kg]",
      operations: [
        {
          name: "Yield",
          phases: [
            phase("YLD-010", {
              type: "calculation",
              expression: "{DSP-010} / 200[kg] * 100 + {DSP-010}",
              rounding: "half_up",
              result: percent,
            }),
          ],
        },
      ],
    },
  ],
};
const first = "/unit_procedures/0/operations/0/phases/0";
const second = "/unit_procedures/0/operations/0/phases/1";
const yielded = "/unit_procedures/1/operations/0/phases/0";

const after = (...actions: EditorAction[]) => actions.reduce(edit, startEditing(procedure));
const keysOf = (of: Procedure) => placedPhases(of).map(({ phase: { key } }) => key);

it("what a file may leave out stands where a form looks for it, and that is no change", () => {
  const state = startEditing(procedure);
  expect(state.procedure.arrangement).toBe("sequence");
  expect(state.procedure.unit_procedures[0]?.operations[0]?.phases[0]?.kind).toMatchObject({
    quantity: { low: null, target: null, high: null },
  });
  expect(isChanged(state)).toBe(false);
  expect(filled(state.procedure)).toEqual(state.procedure);
});

it("a renamed phase keeps its name in checks, expressions, conditions and the yield", () => {
  const { procedure: next } = after({ type: "rename", path: first, key: "WGH-1" });
  const kinds = placedPhases(next).map(({ phase: { kind } }) => kind);
  expect(kinds[1]).toMatchObject({ of: ["WGH-1"] });
  expect(kinds[3]).toMatchObject({ expression: "{WGH-1} / 200[kg] * 100 + {WGH-1}" });
  expect(next.unit_procedures[0]?.operations[1]?.only_if).toBe("{WGH-1} > 1[kg]");
  // Only the whole name is the name.
  expect(next.unit_procedures[1]?.only_if).toBe("{WGH-1} > 0[kg] and {DSP-0100} > 0[kg]");
  expect(after({ type: "rename", path: yielded, key: "YIELD" }).procedure.expected_yield?.phase).toBe("YIELD");
});

it("a key that two parts have changes no other part", () => {
  const { procedure: next } = after({ type: "rename", path: first, key: "ROOM-010" });
  expect(keysOf(next)).toEqual(["ROOM-010", "CHK-010", "ROOM-010", "YLD-010"]);
  expect(placedPhases(next)[1]?.phase.kind).toMatchObject({ of: ["DSP-010"] });
  const back = edit(after({ type: "rename", path: first, key: "ROOM-010" }), {
    type: "rename",
    path: first,
    key: "DSP-010",
  });
  expect(keysOf(back.procedure)[0]).toBe("DSP-010");
  expect(placedPhases(back.procedure)[1]?.phase.kind).toMatchObject({ of: ["DSP-010"] });
});

it("a renamed recipe line stays the line of its charges", () => {
  const { procedure: next } = after({ type: "rename", path: "/recipe/0", key: "metformin" });
  expect(next.recipe?.[0]?.key).toBe("metformin");
  expect(placedPhases(next)[0]?.phase.kind).toMatchObject({ line: "metformin" });
});

it("parts are added behind the one that is selected, and what is added is selected", () => {
  const list = "/unit_procedures/0/operations/0/phases";
  const state = after({ type: "add", list, item: emptyPhase("P-010"), at: 1 });
  expect(keysOf(state.procedure)).toEqual(["DSP-010", "P-010", "CHK-010", "ROOM-010", "YLD-010"]);
  expect(state.selected).toBe(`${list}/1`);
  expect(freeKey(["P-010", "P-020"], "P")).toBe("P-030");
});

it("a part moves beyond its list into the one beside it, and not out of the record", () => {
  const down = after({ type: "move", path: second, by: 1 });
  expect(down.selected).toBe("/unit_procedures/0/operations/1/phases/0");
  expect(keysOf(down.procedure)).toEqual(["DSP-010", "CHK-010", "ROOM-010", "YLD-010"]);
  expect(down.procedure.unit_procedures[0]?.operations[1]?.phases).toHaveLength(2);
  const up = edit(down, { type: "move", path: down.selected, by: -1 });
  expect(up.procedure).toEqual(startEditing(procedure).procedure);
  expect(targetOf(procedure, first, -1)).toBeNull();
  expect(targetOf(procedure, yielded, 1)).toBeNull();
  expect(targetOf(procedure, yielded, -1)).toEqual({ list: "/unit_procedures/0/operations/1/phases", index: 1 });
  expect(targetOf(procedure, "/recipe/0", 1)).toBeNull();
  const units = after({ type: "move", path: "/unit_procedures/1", by: -1 });
  expect(units.procedure.unit_procedures.map(({ name }) => name)).toEqual(["Yield", "Dispensing"]);
});

it("after a removal what stands beside it is selected, or what it was in", () => {
  expect(after({ type: "remove", path: second }).selected).toBe(first);
  const last = after({ type: "remove", path: yielded });
  expect(last.selected).toBe("/unit_procedures/1/operations/0");
  expect(after({ type: "remove", path: "/recipe/0" }).selected).toBe("");
});

it("a text is one step of the way back, and undone changes come again", () => {
  const typed = after(
    { type: "change", path: "/product", value: "Metfo" },
    { type: "change", path: "/product", value: "Metformin XR" },
    { type: "change", path: "/product_code", value: "MET-XR" },
  );
  expect(typed.past).toHaveLength(2);
  const back = [{ type: "undo" }, { type: "undo" }].reduce(
    (state, action) => edit(state, action as EditorAction),
    typed,
  );
  expect(back.procedure.product).toBe("Metformin");
  expect(isChanged(back)).toBe(false);
  expect(edit(back, { type: "undo" })).toBe(back);
  const again = edit(edit(back, { type: "redo" }), { type: "redo" });
  expect(again.procedure).toEqual(typed.procedure);
  // A new change leaves nothing to come again.
  expect(edit(back, { type: "change", path: "/product", value: "X" }).future).toEqual([]);
});

it("the selected part is left when it is undone", () => {
  const added = after({ type: "add", list: "/recipe", item: {}, at: 1 });
  expect(added.selected).toBe("/recipe/1");
  expect(edit(added, { type: "undo" }).selected).toBe("");
});

it("what was saved is no change any more, and typing goes on", () => {
  const typed = after({ type: "change", path: "/product", value: "Metformin XR" });
  expect(isChanged(typed)).toBe(true);
  const saved = edit(typed, { type: "saved", procedure: typed.procedure });
  expect(isChanged(saved)).toBe(false);
  expect(edit(saved, { type: "undo" }).procedure.product).toBe("Metformin");
  expect(edit(typed, { type: "reload", procedure }).procedure.product).toBe("Metformin");
});

it("another kind keeps what both kinds have", () => {
  const place = "/unit_procedures/0/operations/1/phases/0";
  const value = after({ type: "change", path: `${place}/kind`, value: weight });
  const checked = edit(value, { type: "retype", path: place, to: "in_process_check" });
  expect(placedPhases(checked.procedure)[2]?.phase.kind).toEqual({ ...weight, type: "in_process_check" });
  const timed = edit(checked, { type: "retype", path: place, to: "timer" });
  expect(placedPhases(timed.procedure)[2]?.phase.kind).toEqual({
    type: "timer",
    minimum_seconds: 600,
    maximum_seconds: null,
  });
});

it("is saved whatever the order in which the server writes the members of a part", () => {
  const begun = startEditing(procedure);
  const typed = edit(begun, { type: "change", path: "/product", value: "Another" });
  const turned = Object.fromEntries(Object.entries(typed.procedure).reverse()) as Procedure;
  expect(isChanged(typed)).toBe(true);
  expect(isChanged(edit(typed, { type: "saved", procedure: turned }))).toBe(false);
});
