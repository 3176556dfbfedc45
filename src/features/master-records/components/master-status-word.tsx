import {
  IconArchive,
  IconCircleCheck,
  IconCircleOff,
  IconEyeCheck,
  IconPencil,
  IconRosetteDiscountCheck,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { MasterRecordStatus } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "./master-records.module.css";

const icons = {
  Draft: IconPencil,
  "In Review": IconEyeCheck,
  Approved: IconCircleCheck,
  Effective: IconRosetteDiscountCheck,
  Superseded: IconArchive,
  Withdrawn: IconCircleOff,
};

export function MasterStatusWord({ status, ...rest }: { status: MasterRecordStatus; "data-testid"?: string }) {
  const { t } = useTranslation();
  const Icon = icons[status];
  return (
    <span className={styles.status} data-status={status} {...rest}>
      <Icon size={20} aria-hidden />
      {codedText(t, "masterStatus", status) ?? status}
    </span>
  );
}
