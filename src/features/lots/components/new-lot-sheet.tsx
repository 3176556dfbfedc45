import { TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { LotView } from "../../../bridge/bindings";
import { failureCode, failureText } from "../../../texts/failure-text";
import { useFormats } from "../../../ui/formats";
import { ReasonForm } from "../../../ui/reason-form";
import styles from "../../../ui/register.module.css";
import { Sheet } from "../../../ui/sheet";
import { useCreateLot } from "../api/lots";
import { isLotDetailFailure, type LotDetailValues, LotFields } from "./lot-fields";

type Props = { units: LotView["row"]["unit"][]; onClose: () => void };

const nothing: LotDetailValues = {
  supplier: null,
  supplierLot: null,
  quantity: "",
  unit: "kg",
  manufacturedOn: null,
  expiresOn: null,
  retestOn: null,
  potencyPercent: null,
};

/** A lot that came in; it waits for quality assurance's decision. */
export function NewLotSheet({ units, onClose }: Props) {
  const { t } = useTranslation();
  const { decimalSeparator } = useFormats();
  const create = useCreateLot();
  const [named, setNamed] = useState({ number: "", materialCode: "", material: "" });
  const [details, setDetails] = useState(nothing);
  const [isTried, setTried] = useState(false);
  // Pressed again after an answer that was lost, the same form enters no lot twice.
  const [requestKey, setRequestKey] = useState(() => crypto.randomUUID());
  const isNamed = Object.values(named).every((text) => text.trim() !== "");
  const code = failureCode(create.error) ?? "";
  const isOfNumber = ["number_taken", "number_invalid"].includes(code);
  const isOfMaterial = code === "material_invalid";
  const isOfField = isOfNumber || isOfMaterial || isLotDetailFailure(create.error);

  const changed = () => {
    setRequestKey(crypto.randomUUID());
    if (create.isError) create.reset();
  };
  const field = (name: keyof typeof named, label: string, testId: string, said: string | undefined) => (
    <TextInput
      label={label}
      autoComplete="off"
      spellCheck={false}
      data-testid={testId}
      error={isTried && named[name].trim() === "" ? t("plant.required") : said}
      value={named[name]}
      onChange={(event) => {
        setNamed({ ...named, [name]: event.currentTarget.value });
        changed();
      }}
    />
  );
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("lots.new")}
      isKeptOpen={create.isPending}
      data-testid="new-lot"
    >
      <ReasonForm
        sentence={t("lots.newHelp")}
        press={t("lots.create")}
        isComplete={isNamed && details.quantity.trim() !== ""}
        isPending={create.isPending}
        failure={isOfField ? null : create.error}
        onTry={() => setTried(true)}
        onSubmit={(reason) =>
          create.mutate(
            { ...named, details: { ...details, decimalSeparator }, reason, requestKey },
            { onSuccess: onClose },
          )
        }
        onCancel={onClose}
        onRefresh={create.reset}
        data-testid="new-lot-form"
      >
        {field("number", t("lots.number"), "lot-field-number", isOfNumber ? failureText(t, create.error) : undefined)}
        <div className={styles.pair}>
          {field(
            "materialCode",
            t("lots.materialCode"),
            "lot-field-material-code",
            isOfMaterial ? failureText(t, create.error) : undefined,
          )}
          {field("material", t("lots.material"), "lot-field-material", undefined)}
        </div>
        <LotFields
          values={details}
          onChange={(next) => {
            setDetails(next);
            changed();
          }}
          units={units}
          isTried={isTried}
          failure={create.error}
        />
      </ReasonForm>
    </Sheet>
  );
}
