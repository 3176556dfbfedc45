import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDot,
  IconCircleX,
  IconEyeCheck,
  IconInfoCircle,
  IconOctagon,
  IconRosetteDiscountCheck,
  IconSearch,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { DeviationStatus, Severity } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import styles from "./deviations.module.css";

const statusIcons = {
  Open: IconCircleDot,
  Investigation: IconSearch,
  "Pending Manager Review": IconEyeCheck,
  "Pending Final Approval": IconRosetteDiscountCheck,
  Closed: IconCircleCheck,
  Rejected: IconCircleX,
};

export function DeviationStatusWord({ status, ...rest }: { status: DeviationStatus; "data-testid"?: string }) {
  const { t } = useTranslation();
  const Icon = statusIcons[status];
  return (
    <span className={styles.word} data-status={status} {...rest}>
      <Icon size={20} aria-hidden />
      {codedText(t, "deviationStatus", status) ?? status}
    </span>
  );
}

const severityIcons = {
  Low: IconInfoCircle,
  Medium: IconInfoCircle,
  High: IconAlertTriangle,
  Critical: IconOctagon,
};

/** Colour only for what is grave, and never alone. */
export function SeverityWord({ severity, ...rest }: { severity: Severity; "data-testid"?: string }) {
  const { t } = useTranslation();
  const Icon = severityIcons[severity];
  return (
    <span className={styles.word} data-severity={severity} {...rest}>
      <Icon size={20} aria-hidden />
      {codedText(t, "severity", severity) ?? severity}
    </span>
  );
}
