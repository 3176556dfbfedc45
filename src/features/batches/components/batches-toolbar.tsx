import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import styles from "./batches-screen.module.css";

type Props = {
  search: string;
  onSearch: (search: string) => void;
  onlyMine: boolean;
  onOnlyMine: (onlyMine: boolean) => void;
};

export function BatchesToolbar({ search, onSearch, onlyMine, onOnlyMine }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.toolbar}>
      <TextInput
        className={styles.search}
        aria-label={t("batches.search")}
        placeholder={t("batches.search")}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconSearch size={20} aria-hidden />}
        rightSection={
          search !== "" && (
            <CloseButton
              size={40}
              aria-label={t("batches.clearSearch")}
              data-testid="batches-search-clear"
              onClick={() => onSearch("")}
            />
          )
        }
        rightSectionWidth={48}
        data-testid="batches-search"
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
      />
      <fieldset className={styles.scope} aria-label={t("batches.scope")}>
        <button type="button" aria-pressed={onlyMine} data-testid="batches-mine" onClick={() => onOnlyMine(true)}>
          {t("batches.mine")}
        </button>
        <button type="button" aria-pressed={!onlyMine} data-testid="batches-all" onClick={() => onOnlyMine(false)}>
          {t("batches.all")}
        </button>
      </fieldset>
    </div>
  );
}
