import { useTranslation } from "react-i18next";
import type { SignatureView } from "../../../bridge/bindings";
import { codedText } from "../../../texts/coded";
import { useFormats } from "../../../ui/formats";
import styles from "./entries.module.css";

/** A signature as it prints: who, what it means, when with the zone, and how. */
export function SignatureStamp({ signature, isInline = false }: { signature: SignatureView; isInline?: boolean }) {
  const { t } = useTranslation();
  const formats = useFormats();
  const meaning = codedText(t, "signature.meanings", signature.meaning) ?? signature.meaning;
  const method = signature.method === "server_attested" ? t("signature.methodServer") : t("signature.methodKey");
  return (
    <div className={styles.stamp} data-inline={isInline || undefined} data-testid="signature-stamp">
      <strong data-testid="signature-stamp-name">{t("signature.printed", { name: signature.personName })}</strong>
      <span data-testid="signature-stamp-meaning">{t("signature.signedAs", { meaning })}</span>
      <span data-testid="signature-stamp-time">{formats.inZone(signature.timeZone)(signature.signedAt)}</span>
      <small>{method}</small>
    </div>
  );
}
