import { Combobox, Modal, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconClipboardText, IconCornerDownLeft, IconFileText, IconPackages, IconSearch } from "@tabler/icons-react";
import { type KeyboardEvent, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { failureText } from "../../../texts/failure-text";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { useFound, useFoundDocuments } from "../api/find";
import { type Action, groupsOf, type Hit, type HitGroup, type Ways } from "./hits";
import styles from "./search.module.css";

const kinds = {
  batches: { icon: IconClipboardText, label: "search.groups.batches" },
  lots: { icon: IconPackages, label: "search.groups.lots" },
  documents: { icon: IconFileText, label: "search.groups.documents" },
  actions: { icon: IconCornerDownLeft, label: "search.groups.actions" },
} as const;

type Props = { ways: Ways; actions: Action[]; isOffline: boolean; onClose: () => void };

/** Batches, lots, documents and actions by the beginnings of their words; a scanned number opens what it names. */
export function SearchPalette({ ways, actions, isOffline, onClose }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const text = typed.trim();
  const { groups, isCurrent, failure, areDocumentsMissing } = useGroups(text, ways, actions, isOffline);
  const combobox = useCombobox({ opened: true });
  const hits = groups.flatMap((group) => group.hits);
  const shown = hits.map((hit) => hit.id).join();
  // A scanner ends with Enter, faster than anything is found.
  const [isEntered, setEntered] = useState(false);

  function choose(hit: Hit) {
    onClose();
    hit.choose();
  }
  function chooseById(id: string) {
    const chosen = hits.find((hit) => hit.id === id);
    if (chosen !== undefined) choose(chosen);
  }
  function type(text: string) {
    setTyped(text);
    // Whoever types on has not meant what was entered before.
    setEntered(false);
  }
  // The kit keeps Escape for a list that opens and closes; this one is always open.
  function onKey(event: KeyboardEvent) {
    if (event.key === "Escape") {
      onClose();
      return;
    }
    if (event.key !== "Enter" || isCurrent || text === "") return;
    event.preventDefault();
    event.stopPropagation();
    setEntered(true);
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: the first one is marked whenever others are shown
  useEffect(() => {
    combobox.selectFirstOption();
  }, [shown]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for what was entered
  useEffect(() => {
    if (!isEntered || !isCurrent) return;
    setEntered(false);
    const [first] = hits;
    if (first !== undefined) choose(first);
  }, [isEntered, isCurrent]);

  return (
    <Modal.Root opened onClose={onClose} size={720} yOffset="10vh" lockScroll={false} data-testid="search">
      <Modal.Overlay backgroundOpacity={0.45} />
      <Modal.Content data-scan="off">
        {/* The kit's own header would be a second banner of the page. */}
        <div className={styles.head}>
          <Modal.Title>{t("search.title")}</Modal.Title>
          <Modal.CloseButton aria-label={t("common.close")} size={48} iconSize={24} data-testid="search-close" />
        </div>
        <Modal.Body>
          <Combobox store={combobox} onOptionSubmit={chooseById}>
            <Combobox.EventsTarget>
              <TextInput
                data-autofocus
                data-testid="search-text"
                aria-label={t("search.label")}
                placeholder={t("search.label")}
                autoComplete="off"
                spellCheck={false}
                leftSection={<IconSearch size={22} aria-hidden />}
                value={typed}
                onChange={(event) => type(event.currentTarget.value)}
                onKeyDownCapture={onKey}
              />
            </Combobox.EventsTarget>
            <div className={styles.hits}>
              {failure !== null && (
                <Notice tone="bad" data-testid="search-failed">
                  {failureText(t, failure)}
                </Notice>
              )}
              <Combobox.Options aria-label={t("search.title")}>
                {groups.map((group) => (
                  <Group key={group.name} group={group} />
                ))}
              </Combobox.Options>
              {hits.length === 0 && isCurrent && failure === null && (
                <p className={styles.nothing} data-testid="search-nothing">
                  <strong>{t("search.nothing", { text })}</strong>
                  {t("search.nothingHelp")}
                </p>
              )}
              {areDocumentsMissing && (
                <p className={styles.missing} data-testid="search-documents-missing">
                  {t("search.documentsMissing")}
                </p>
              )}
            </div>
          </Combobox>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

function Group({ group: { name, hits } }: { group: HitGroup }) {
  const { t } = useTranslation();
  const { icon: Icon, label } = kinds[name];
  return (
    <Combobox.Group label={t(label)}>
      {hits.map((hit) => (
        <Combobox.Option key={hit.id} value={hit.id} className={styles.hit} data-testid={`search-hit-${hit.id}`}>
          <Icon size={22} stroke={1.6} aria-hidden />
          <span className={styles.words}>
            <strong>{hit.words}</strong>
            {hit.detail !== "" && <span>{hit.detail}</span>}
          </span>
          {hit.state !== "" && <span className={styles.state}>{hit.state}</span>}
        </Combobox.Option>
      ))}
    </Combobox.Group>
  );
}

/** What fits the text, and whether it is the answer to it and not to what stood there before. */
function useGroups(text: string, ways: Ways, actions: Action[], isOffline: boolean) {
  const { t } = useTranslation();
  const formats = useFormats();
  const [asked] = useDebouncedValue(text, 250);
  const found = useFound(text);
  const documents = useFoundDocuments(asked, ways.document !== undefined && !isOffline);
  const wantsDocuments = text !== "" && ways.document !== undefined && !isOffline;
  const areDocumentsThere = asked === text && documents.isSuccess && !documents.isPlaceholderData;
  const answers =
    text === ""
      ? {}
      : { found: found.data, documents: wantsDocuments && documents.isSuccess ? documents.data.items : [] };
  const groups = groupsOf(t, formats, text, answers, ways, actions);
  // What stands first stays first whatever documents come: they stand below what this station has.
  const isOwnFirst = groups[0]?.name === "batches" || groups[0]?.name === "lots";
  const isFoundThere = found.isError || (found.isSuccess && !found.isPlaceholderData);
  return {
    groups,
    isCurrent:
      text === "" || (isFoundThere && (isOwnFirst || !wantsDocuments || areDocumentsThere || documents.isError)),
    failure: text !== "" && found.isError ? found.error : null,
    areDocumentsMissing: text !== "" && ways.document !== undefined && (isOffline || documents.isError),
  };
}
