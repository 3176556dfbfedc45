import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import styles from "./sheet.module.css";

type Props = {
  isOpen: boolean;
  onClose: () => void;
  /** From below for what must be answered, from the right for what is looked up. */
  side: "bottom" | "right";
  title: string;
  /** Something is under way that must not be left. */
  isKeptOpen?: boolean;
  children: ReactNode;
  "data-testid": string;
};

export function Sheet({ isOpen, onClose, side, title, isKeptOpen = false, children, ...rest }: Props) {
  const { t } = useTranslation();
  return (
    <Drawer.Root
      opened={isOpen}
      onClose={onClose}
      position={side}
      size={520}
      lockScroll={false}
      closeOnClickOutside={side === "right"}
      closeOnEscape={!isKeptOpen}
      data-testid={rest["data-testid"]}
    >
      <Drawer.Overlay backgroundOpacity={0.45} />
      {/* By name: a plain class would go to the frame around the sheet as well and fold it to nothing. */}
      <Drawer.Content classNames={{ content: side === "bottom" ? styles.bottom : styles.right }}>
        {/* The kit's own header would be a second banner of the page. */}
        <div className={styles.head}>
          <Drawer.Title>{title}</Drawer.Title>
          <Drawer.CloseButton
            aria-label={t("common.close")}
            size={48}
            iconSize={24}
            disabled={isKeptOpen}
            data-testid={`${rest["data-testid"]}-close`}
          />
        </div>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
