import { IconWritingSign } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { RecordSignature } from "../bridge/bindings";
import { codedText } from "../texts/coded";
import styles from "./evidence.module.css";
import { useFormats } from "./formats";
import { Notice } from "./notice";

type Props = { signatures: RecordSignature[]; contentHash: string };

/** Who has signed what, as it prints, and of which content. */
export function SignatureList({ signatures, contentHash }: Props) {
  const { t } = useTranslation();
  const formats = useFormats();
  return (
    <section className={styles.evidence} data-testid="record-signatures">
      {signatures.length === 0 && <p className={styles.muted}>{t("deviations.noSignatures")}</p>}
      <ul className={styles.signatures}>
        {signatures.map((signature) => (
          <li key={signature.id} data-testid="record-signature">
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
                <Notice tone="warn" data-testid="record-signature-of-other">
                  {t("deviations.ofOtherContent")}
                </Notice>
              )}
            </div>
          </li>
        ))}
      </ul>
      <h2>{t("masters.contentHash")}</h2>
      <code className={styles.hash} data-selectable data-testid="record-hash">
        {contentHash}
      </code>
    </section>
  );
}
