import { useTranslation } from "react-i18next";
import type { PhaseKind, Procedure } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useEditor } from "./editor-context";
import { AreaField, CheckField, ChoiceField, LinesField, ManyField, TextField, WholeField } from "./fields";
import { MeasuredFields, NumberFields } from "./number-fields";
import { OptionFields } from "./option-fields";
import { placedPhases } from "./procedure";

type Props = { path: string; kind: PhaseKind; phaseKey: string };

const acceptedFiles = ["photo", "document", "any"];
const roundings = ["half_up", "half_even", "up", "down"];

/** What each kind of phase asks for. */
export function KindForm({ path, kind, phaseKey }: Props) {
  const { t } = useTranslation();
  const { procedure } = useEditor();
  switch (kind.type) {
    case "value":
    case "in_process_check":
      return <MeasuredFields path={path} />;
    case "text":
      return <WholeField path={`${path}/longest`} label={t("masterFields.longest")} />;
    case "choice":
      return <OptionFields path={`${path}/options`} />;
    case "material_charge":
      return <ChargeFields path={path} recipe={procedure.recipe ?? []} />;
    case "timer":
      return (
        <>
          <WholeField path={`${path}/minimum_seconds`} label={t("masterFields.minimum_seconds")} />
          <WholeField
            path={`${path}/maximum_seconds`}
            label={t("masterFields.maximum_seconds")}
            help={t("masters.mayBeEmpty")}
            isNullable
          />
        </>
      );
    case "equipment_use":
      return (
        <>
          <TextField path={`${path}/equipment_class`} label={t("masterFields.equipment_class")} />
          <CheckField path={`${path}/must_be_clean`} label={t("masterFields.must_be_clean")} />
        </>
      );
    case "cleaning_check":
      return <TextField path={`${path}/equipment_class`} label={t("masterFields.equipment_class")} />;
    case "attachment":
      return (
        <ChoiceField
          path={`${path}/accepts`}
          label={t("masterFields.accepts")}
          data={acceptedFiles.map((value) => ({ value, label: codedText(t, "acceptedFiles", value) ?? value }))}
        />
      );
    case "sample_request":
      return (
        <>
          <TextField path={`${path}/sample`} label={t("masterFields.sample")} />
          <LinesField path={`${path}/tests`} label={t("masterFields.tests")} help={t("masters.oneALine")} />
        </>
      );
    case "second_person_check":
      return <ManyField path={`${path}/of`} label={t("masterFields.of")} data={otherPhases(procedure, phaseKey)} />;
    case "calculation":
      return (
        <>
          <AreaField
            path={`${path}/expression`}
            label={t("masterFields.expression")}
            help={t("masters.expressionHelp")}
          />
          <ChoiceField
            path={`${path}/rounding`}
            label={t("masterFields.rounding")}
            data={roundings.map((value) => ({ value, label: codedText(t, "roundings", value) ?? value }))}
          />
          <NumberFields path={`${path}/result`} />
        </>
      );
    default:
      return null;
  }
}

function ChargeFields({ path, recipe }: { path: string; recipe: NonNullable<Procedure["recipe"]> }) {
  const { t } = useTranslation();
  return (
    <>
      <ChoiceField
        path={`${path}/line`}
        label={t("masterFields.line")}
        help={t("masters.mayBeEmpty")}
        isNullable
        data={[...new Map(recipe.map((line) => [line.key, line])).values()].map(({ key, material }) => ({
          value: key,
          label: `${key} · ${material}`,
        }))}
      />
      <TextField path={`${path}/material`} label={t("masterFields.material")} />
      <TextField path={`${path}/material_code`} label={t("masterFields.material_code")} />
      <MeasuredFields path={`${path}/quantity`} />
    </>
  );
}

function otherPhases(procedure: Procedure, phaseKey: string) {
  const others = placedPhases(procedure).filter(({ phase }) => phase.key !== phaseKey && phase.key !== "");
  return [...new Map(others.map(({ phase }) => [phase.key, phase])).values()].map(({ key, title }) => ({
    value: key,
    label: `${key} · ${title}`,
  }));
}
