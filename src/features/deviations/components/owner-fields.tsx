import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { NamedPerson } from "../../../bridge/bindings";

type Props = {
  people: NamedPerson[];
  owner: string | null;
  dueOn: string;
  isTried: boolean;
  onOwner: (owner: string | null) => void;
  onDueOn: (day: string) => void;
};

/** Who has to see that it is done, and until when. */
export function OwnerFields({ people, owner, dueOn, isTried, onOwner, onDueOn }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <Select
        label={t("capas.owner")}
        data={people.map(({ id, name }) => ({ value: id, label: name }))}
        searchable
        nothingFoundMessage={t("users.nothingFound")}
        data-testid="capa-owner"
        error={isTried && owner === null ? t("plant.required") : undefined}
        value={owner}
        onChange={onOwner}
      />
      <TextInput
        type="date"
        label={t("capas.due")}
        data-testid="capa-due"
        error={isTried && dueOn === "" ? t("plant.required") : undefined}
        value={dueOn}
        onChange={(event) => onDueOn(event.currentTarget.value)}
      />
    </>
  );
}
