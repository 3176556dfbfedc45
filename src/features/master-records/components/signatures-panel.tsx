import { IconCircleCheck, IconWritingSign } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { MasterRecord } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import { Notice } from "../../../ui/notice";
import { FaultList } from "./fault-list";
import styles from "./master-records.module.css";

type Props = { record: MasterRecord; onPlace: (path: string) => void };

/** Who has signed what, and what keeps the version from being submitted. */
export function SignaturesPanel({ record, onPlace }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <div className={styles.procedure} data-testid="master-signatures">
      <h2>{t("masters.signatures")}</h2>
      {record.signatures.length === 0 && <p className={styles.muted}>{t("masters.noSignatures")}</p>}
      <ul className={styles.signatures}>
        {record.signatures.map((signature) => (
          <li key={signature.id} data-testid="master-signature">
            <IconWritingSign size={24} aria-hidden />
            <div>
              <strong>{t("signature.printed", { name: signature.person_name })}</strong>
              <span>
                {t("signature.signedAs", {
                  meaning: codedText(t, "signature.meanings", signature.meaning) ?? signature.meaning,
                })}
                {" · "}
                <time dateTime={signature.signed_at}>{formats.inZone(signature.time_zone)(signature.signed_at)}</time>
              </span>
              {signature.reason !== null && <span>{signature.reason}</span>}
              {!signature.is_of_this_content && (
                <Notice tone="warn" data-testid="signature-of-other">
                  {t("masters.ofOtherContent")}
                </Notice>
              )}
            </div>
          </li>
        ))}
      </ul>
      <h2>{t("masters.faults", { count: record.faults.length })}</h2>
      {record.faults.length === 0 && (
        <p className={styles.none} data-testid="master-no-faults">
          <IconCircleCheck size={20} aria-hidden />
          {t("masters.noFaults")}
        </p>
      )}
      <FaultList faults={record.faults} procedure={record.procedure} onOpen={onPlace} />
      <h2>{t("masters.contentHash")}</h2>
      <code className={styles.path} data-selectable data-testid="master-hash">
        {record.content_hash}
      </code>
    </div>
  );
}
