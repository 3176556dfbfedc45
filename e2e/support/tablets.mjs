// The master batch record of the story from master to released batch, without its last step, which its author writes.

const step = (key, title, kind, how = "Read it on the display when it stands still, and write it down.") => ({
  key,
  title,
  instruction: how,
  kind,
});
const confirm = (key, title, how = "Do it as the procedure of the room says, and confirm.") =>
  step(key, title, { type: "confirmation" }, how);
const value = (key, title, [low, target, high], unit, type = "value") =>
  step(key, title, { type, unit, places: target.split(".")[1]?.length ?? 0, low, target, high });
const check = (key, title, limits, unit) => value(key, title, limits, unit, "in_process_check");
const charge = (key, title, material, material_code, [low, target, high]) =>
  step(key, title, {
    type: "material_charge",
    material,
    material_code,
    quantity: { unit: "kg", places: 2, low, target, high },
  });
const signed = (phase) => ({ ...phase, signature: "performed" });

export const TABLETS = {
  product: "Glibenclamide Tablets 5 mg",
  product_code: "GLI005",
  batch_size: "60.00",
  batch_unit: "kg",
  expected_yield: { phase: "CMP-050", low_percent: "95.0", high_percent: "101.0" },
  unit_procedures: [
    {
      name: "Dispensing",
      operations: [
        {
          name: "Dispensing room",
          phases: [
            confirm("DSP-010", "Line clearance of the dispensing room", "Nothing of another batch is left."),
            signed(confirm("DSP-020", "Booth and balances released")),
            value("DSP-030", "Room temperature", ["18.0", "22.0", "25.0"], "°C"),
            value("DSP-040", "Relative humidity", ["30.0", "45.0", "55.0"], "%"),
            step("DSP-050", "Number of the booth", { type: "text", longest: 20 }),
            step("DSP-060", "Status label of the booth", {
              type: "choice",
              options: [
                { text: "Clean", is_expected: true },
                { text: "To be cleaned", is_expected: false },
              ],
            }),
            check("DSP-070", "Daily check of the floor balance", ["19.98", "20.00", "20.02"], "kg"),
            {
              ...charge("DSP-080", "Weigh glibenclamide", "Glibenclamide", "RM-2001", ["0.49", "0.50", "0.51"]),
              signature: "performed",
              verification: {},
            },
            charge("DSP-090", "Weigh lactose", "Lactose Monohydrate", "RM-2002", ["48.00", "49.50", "51.00"]),
            charge("DSP-100", "Weigh maize starch", "Maize Starch", "RM-2003", ["9.50", "10.00", "10.50"]),
          ],
        },
      ],
    },
    {
      name: "Granulation",
      operations: [
        {
          name: "High-shear mixer",
          phases: [
            step("GRN-010", "Weight of the load", {
              type: "calculation",
              expression: "{DSP-080} + {DSP-090} + {DSP-100}",
              rounding: "half_up",
              result: { unit: "kg", places: 2 },
            }),
            step("GRN-020", "Take the mixer into use", {
              type: "equipment_use",
              equipment_class: "High-shear mixer GLI",
              must_be_clean: true,
            }),
            value("GRN-030", "Speed of the impeller", ["95", "100", "105"], "rpm"),
            step("GRN-040", "Dry mixing", { type: "timer", minimum_seconds: 1, maximum_seconds: 3600 }),
            value("GRN-050", "Rate of the binder", ["650", "700", "750"], "g/min"),
            signed(check("GRN-060", "Power at the end point", ["9.0", "11.0", "13.0"], "kW")),
          ],
        },
        {
          name: "Fluid-bed dryer",
          phases: [
            value("DRY-010", "Inlet air temperature", ["55.0", "60.0", "65.0"], "°C"),
            value("DRY-020", "Air flow", ["1500", "2000", "2500"], "m³/h"),
            signed(check("DRY-030", "Loss on drying", ["1.00", "1.80", "2.50"], "%")),
            confirm("DRY-040", "Mill the dried granules"),
            step("DRY-050", "Retest of the granules", { type: "date" }),
            confirm("DRY-060", "Bins labelled and closed"),
          ],
        },
      ],
    },
    {
      name: "Compression",
      operations: [
        {
          name: "Rotary press",
          phases: [
            signed(confirm("CMP-010", "Press set up and cleared")),
            value("CMP-020", "Main compression force", ["10.0", "14.0", "18.0"], "kN"),
            check("CMP-030", "Average weight of 20 tablets", ["155.2", "160.0", "164.8"], "mg"),
            check("CMP-040", "Net weight of the tablets", ["50.00", "59.00", "60.00"], "kg"),
            step("CMP-050", "Yield of the batch", {
              type: "calculation",
              expression: "{CMP-040} / 60.00[kg]",
              rounding: "half_up",
              result: { unit: "%", places: 1, low: "95.0", high: "101.0" },
            }),
            step("CMP-060", "Composite sample of tablets", {
              type: "sample_request",
              sample: "Composite sample of tablets",
              tests: ["Assay (HPLC)"],
            }),
            // The last check of the run: nothing of the batch waits for it.
            check("CMP-070", "Hardness at the end of the run", ["40", "60", "80"], "N"),
          ],
        },
      ],
    },
  ],
};

// What the operator does, by number; the steps without an entry here are confirmed.
export const ANSWERS = new Map([
  [2, { signed: true }],
  [3, { number: "21.8" }],
  [4, { number: "44.0" }],
  [5, { text: "DB-2" }],
  [6, { choice: "Clean" }],
  [7, { number: "20.00" }],
  [8, { number: "0.50", lot: "GLB-26-0117", signed: true }],
  [9, { number: "49.40", lot: "LAC-26-0230" }],
  [10, { number: "10.02", lot: "STA-26-0061" }],
  [12, { text: "HSM-GLI-02" }],
  [13, { number: "100" }],
  [14, { timer: true }],
  [15, { number: "702" }],
  [16, { number: "11.2", signed: true }],
  [17, { number: "60.5" }],
  [18, { number: "2010" }],
  [19, { number: "1.75", signed: true }],
  [21, { day: "2027-03-31" }],
  [23, { signed: true }],
  [24, { number: "13.8" }],
  [25, { number: "160.4" }],
  [26, { number: "59.10" }],
  [28, { container: "GLI-K-014" }],
]);
