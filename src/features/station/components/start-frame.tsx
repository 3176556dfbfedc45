import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ProductMark } from "../../../ui/product-mark";
import styles from "./start-frame.module.css";

type Props = {
  title: string;
  lead?: string;
  children: ReactNode;
  footer?: ReactNode;
  isWide?: boolean;
  "data-testid": string;
};

/** The page before anyone has signed in: the product on top, one question in the middle. */
export function StartFrame({ title, lead, children, footer, isWide = false, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <div className={styles.page} {...rest}>
      <header className={styles.top}>
        <ProductMark />
        <span>{t("common.productName")}</span>
      </header>
      <main className={styles.middle} data-wide={isWide || undefined}>
        <div className={styles.heading}>
          <h1>{title}</h1>
          {lead !== undefined && <p>{lead}</p>}
        </div>
        {children}
      </main>
      {footer !== undefined && <footer className={styles.bottom}>{footer}</footer>}
    </div>
  );
}
