import { IconSearch } from "@tabler/icons-react";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Action, Ways } from "../../features/search/components/hits";
import { SearchPalette } from "../../features/search/components/search-palette";
import { codedText } from "../../texts/coded";
import { useIsHeld } from "../../ui/hold";
import { screens } from "../screens";
import { useStation } from "../station-context";
import styles from "./header.module.css";

const KEYS = "Ctrl K";

type Props = { onUnsent: () => void; onChangePerson: () => void };

/** From anywhere by Ctrl-K or by touch, except while a decision is open. */
export function Search(props: Props) {
  const { t } = useTranslation();
  const { status } = useStation();
  const [isOpen, setOpen] = useState(false);
  const isHeld = useIsHeld();
  const ways = useWays();
  const actions = useActions(props);
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    // What is being signed or answered stays where it is.
    const isBusy = document.querySelector('[aria-modal="true"]') !== null;
    if (isOpen) setOpen(false);
    else if (!isHeld && !isBusy) setOpen(true);
  });
  useEffect(() => {
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        className={styles.search}
        data-testid="search-open"
        aria-keyshortcuts="Control+K"
        onClick={() => setOpen(true)}
      >
        <IconSearch size={20} aria-hidden />
        {t("search.title")}
        <kbd aria-hidden>{KEYS}</kbd>
      </button>
      {isOpen && (
        <SearchPalette
          ways={ways}
          actions={actions}
          isOffline={status.connection.type === "offline"}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
}

/** What the role has a screen for can be opened. */
function useWays(): Ways {
  const navigate = useNavigate();
  const { person } = useStation();
  const has = (...wanted: (keyof typeof screens)[]) => person.menu.some((item) => wanted.includes(item.screen));
  const ways: Ways = {};
  if (has("my_batches", "batch_execution")) {
    ways.batch = (batchId) => void navigate({ to: "/batches/$batchId", params: { batchId } });
  } else if (has("batch_reviews")) {
    ways.batch = (batchId) => void navigate({ to: "/reviews/$batchId", params: { batchId } });
  }
  if (has("lots")) ways.lot = (lot) => void navigate({ to: "/lots", search: { lot } });
  if (has("master_records")) {
    ways.document = (recordId) => void navigate({ to: "/master-records/$recordId", params: { recordId } });
  }
  return ways;
}

function useActions({ onUnsent, onChangePerson }: Props): Action[] {
  const { t } = useTranslation();
  const router = useRouter();
  const { person } = useStation();
  const place = t("search.station");
  return [
    ...person.menu.map((item) => ({
      id: item.screen,
      words: codedText(t, "menu.labels", item.label) ?? item.label,
      where: codedText(t, "menu.sections", item.section) ?? item.section,
      act: () => void router.navigate(screens[item.screen].link),
    })),
    { id: "unsent", words: t("connection.show"), where: place, act: onUnsent },
    { id: "change-person", words: t("changePerson.title"), where: place, act: onChangePerson },
    { id: "profile", words: t("account.title"), where: place, act: () => void router.navigate({ to: "/profile" }) },
    { id: "settings", words: t("shell.settings"), where: place, act: () => void router.navigate({ to: "/settings" }) },
  ];
}
