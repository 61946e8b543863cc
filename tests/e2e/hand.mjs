// A person at a form: with a mouse, or with the keyboard and nothing else.
//
//   const hand = new Hand(page, { keyboard: true });
//   await hand.choose(page.getByRole("radio", { name: "Yes" }));
//   await hand.write(page.getByLabel("Name"), "Ada");
//   await hand.go(page.getByRole("button", { name: "Save and continue" }));     and waits for the page that follows
//
// With the keyboard each control is reached by Tab, as a person reaches it; what cannot be reached so is a fault. No
// time is waited for anywhere: each step waits for what it needs.
import assert from "node:assert/strict";

const mostStops = 600;

export class Hand {
  constructor(page, { keyboard = false } = {}) {
    this.page = page;
    this.keyboard = keyboard;
  }

  async write(field, text) {
    if (!this.keyboard) return field.fill(text);
    await this.#reach(field);
    await this.page.keyboard.press("Control+A");
    if (text === "") await this.page.keyboard.press("Delete");
    else await this.page.keyboard.insertText(text);
  }

  // A radio or a checkbox.
  async choose(box) {
    if (!this.keyboard) return box.check();
    await this.#reach(box, inTheSameGroup);
    const isRadio = (await box.getAttribute("type")) === "radio";
    const toStart = isRadio && !(await box.evaluate((it) => it === document.activeElement));
    // Arrows move among the radios of a group and choose; Space chooses the one that has the focus.
    if (toStart) for (let n = 0; n < 40 && !(await box.isChecked()); ++n) await this.page.keyboard.press("ArrowDown");
    else if (!(await box.isChecked())) await this.page.keyboard.press("Space");
    assert.ok(await box.isChecked(), "the keyboard did not reach the answer");
  }

  // A button or a link that leads to another page.
  async go(control) {
    const before = await this.page.evaluate(() => performance.timeOrigin);
    if (!this.keyboard) {
      await control.click();
    } else {
      await this.#reach(control);
      await this.#focusIsSeen(control);
      await this.page.keyboard.press("Enter");
    }
    await this.page.waitForFunction((then) => performance.timeOrigin > then && document.readyState === "complete", before);
  }

  // Opens a "details".
  async open(summary) {
    if (!this.keyboard) return summary.click();
    await this.#reach(summary);
    await this.page.keyboard.press("Enter");
  }

  async #reach(target, hit = (it) => it === document.activeElement) {
    await target.waitFor({ state: "attached" });
    for (let stops = 0; stops < mostStops; ++stops) {
      if (await target.evaluate(hit)) return;
      await this.page.keyboard.press("Tab");
    }
    assert.fail(`Tab does not lead to ${target}`);
  }

  async #focusIsSeen(target) {
    const seen = await target.evaluate((it) => {
      const style = getComputedStyle(it);
      const box = it.getBoundingClientRect();
      const marked = style.boxShadow !== "none" || style.outlineStyle !== "none";
      return marked && box.bottom > 0 && box.top < window.innerHeight;
    });
    assert.ok(seen, `whoever uses the keyboard does not see that ${target} has the focus`);
  }
}

// A group of radios is one stop; the arrows go on from there.
function inTheSameGroup(it) {
  const here = document.activeElement;
  if (here === it) return true;
  return it.type === "radio" && here instanceof HTMLInputElement && here.type === "radio" && here.name === it.name;
}
