//! Every screen as text at the sizes of the design: compact, an old terminal (which `screen_tests`
//! holds), a second pane, large, and a whole wall.

use super::model::Screen;
use super::screen_tests::with_events;
use super::state::diff::rows::compare_short_texts;
use super::{Action, Effect, Message, sample, update_model};

const SIZES: [(u16, u16); 4] = [(60, 16), (120, 36), (160, 45), (200, 50)];

fn on(screen: Screen, (columns, rows): (u16, u16)) -> super::Model {
    let mut model = with_events();
    update_model(&mut model, Message::Resize(columns, rows));
    let mut effects = update_model(&mut model, Message::Act(Action::Go(screen)));
    while let Some(effect) = effects.pop() {
        if let Effect::Diff(change) = effect {
            let diff = compare_short_texts(
                "openapi: 3.0.3\npaths:\n  /charge:\n    post: {}\n",
                "openapi: 3.0.3\npaths:\n  /charge:\n    post: {}\n  /cards/verify:\n    post: {}\n",
            );
            let diff = Box::new(diff);
            effects.extend(update_model(&mut model, Message::Diffed { change, diff }));
        }
    }
    model
}

#[test]
fn every_screen_at_the_sizes_of_the_design() {
    for (number, screen) in Screen::ALL.into_iter().enumerate() {
        for (columns, rows) in SIZES {
            let model = on(screen, (columns, rows));
            let text = sample::draw_sample_text(&model, columns, rows);
            let name = format!("{}_{}_{columns}x{rows}", number + 1, screen.title());
            insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
                insta::assert_snapshot!(name, text);
            });
        }
    }
}
