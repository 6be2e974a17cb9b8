//! Every screen as text at the sizes of the design: compact, an old terminal (which `screen_tests`
//! holds), a second pane, large, and a whole wall.

use crate::tui::action::Action;
use crate::tui::effect::Effect;
use crate::tui::message::Message;
use crate::tui::model::Model;
use crate::tui::sample;
use crate::tui::screen::Screen;
use crate::tui::screen_tests::with_events;
use crate::tui::screens::diff::rows::compare_short_texts;
use crate::tui::update::update_model;

const SIZES: [(u16, u16); 4] = [(60, 16), (120, 36), (160, 45), (200, 50)];

fn on(screen: Screen, (columns, rows): (u16, u16)) -> Model {
    let mut model = with_events();
    update_model(&mut model, Message::Resize(columns, rows));
    let mut effects = update_model(&mut model, Message::Act(Action::Go(screen)));
    while let Some(effect) = effects.pop() {
        if let Effect::Diff(change) = effect {
            let diff = compare_short_texts(
                "openapi: 3.0.3\npaths:\n  /charge:\n    post: {}\n",
                "openapi: 3.0.3\npaths:\n  /charge:\n    post: {}\n  /cards/verify:\n    post: \
                    {}\n",
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
