import {
  IconAlertTriangle,
  IconCircleX,
  IconClockPause,
  IconCopy,
  IconEdit,
  IconKeyboard,
  IconStrikethrough,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { EntryView } from "../../../bridge/bindings";
import styles from "./entries.module.css";
import { entryMarks } from "./entry-text";

const icons = {
  deviation: IconAlertTriangle,
  duplicate: IconCopy,
  "not-applied": IconCircleX,
  unsent: IconClockPause,
  corrected: IconStrikethrough,
  correction: IconEdit,
  manual: IconKeyboard,
};

export function EntryMarks({ entry }: { entry: EntryView }) {
  const { t } = useTranslation();
  return entryMarks(t, entry).map((mark) => {
    const Icon = icons[mark.name];
    return (
      <span
        key={mark.name}
        className={styles.mark}
        data-tone={mark.isAbnormal ? "warn" : "calm"}
        data-testid={`entry-mark-${mark.name}`}
      >
        <Icon size={16} aria-hidden />
        {mark.text}
      </span>
    );
  });
}
