import { IconCircleCheck } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Fault } from "../../../bridge/bindings";
import { Sheet } from "../../../ui/sheet";
import { useEditor } from "./editor-context";
import { FaultList } from "./fault-list";
import styles from "./master-records.module.css";

type Props = { faults: Fault[]; onClose: () => void; onPlace: (path: string) => void };

/** Everything that keeps the draft from being submitted; a press goes to the field. */
export function FaultsSheet({ faults, onClose, onPlace }: Props) {
  const { t } = useTranslation();
  const { procedure } = useEditor();
  return (
    <Sheet
      isOpen
      onClose={onClose}
      side="right"
      title={t("masters.faults", { count: faults.length })}
      data-testid="faults-sheet"
    >
      <div className={styles.form}>
        {faults.length === 0 && (
          <p className={styles.none} data-testid="faults-none">
            <IconCircleCheck size={20} aria-hidden />
            {t("masters.noFaults")}
          </p>
        )}
        <FaultList faults={faults} procedure={procedure} onOpen={onPlace} />
      </div>
    </Sheet>
  );
}
