import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { expect, it } from "vitest";
import { scan } from "../testing/render-app";
import { useScanner } from "./scanner";

function Page() {
  const [codes, setCodes] = useState<string[]>([]);
  useScanner((code) => setCodes((before) => [...before, code]));
  return (
    <>
      <output data-testid="codes">{codes.join()}</output>
      <input data-testid="field" />
      <div data-scan="off">
        <input data-testid="secret" />
      </div>
    </>
  );
}

it("hears a scan anywhere", async () => {
  render(<Page />);
  scan("L-26-0311", document.body);
  expect(await screen.findByText("L-26-0311")).toBeVisible();
});

it("hears nothing in slow typing, short codes, plain numbers, or where scanning is off", async () => {
  render(<Page />);
  const user = userEvent.setup({ delay: 60 });
  await user.type(screen.getByTestId("field"), "L-26-0311{Enter}");
  scan("A1", document.body);
  scan("180.02", document.body);
  scan("demo123", screen.getByTestId("secret"));
  expect(screen.getByTestId("codes")).toBeEmptyDOMElement();
  expect(screen.getByTestId("field")).toHaveValue("L-26-0311");
});

it("takes what the scanner typed out of the focused field again", async () => {
  render(<Page />);
  const field = screen.getByTestId("field");
  await userEvent.type(field, "7");
  await new Promise((resolve) => setTimeout(resolve, 80));
  await userEvent.setup({ delay: null }).type(field, "L-26-0311{Enter}");
  expect(field).toHaveValue("7");
  expect(screen.getByTestId("codes")).toHaveTextContent("L-26-0311");
});
