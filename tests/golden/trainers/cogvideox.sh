#!/bin/sh
# demo-1.0.0, train, for CogVideoX 1.5.
set -eu
: "${COGVIDEO:?set it to CogVideo's folder}"

accelerate launch "$COGVIDEO/finetune/train.py" \
  --model_path THUDM/CogVideoX1.5-5B \
  --model_name cogvideox1.5-t2v \
  --model_type t2v \
  --training_type lora \
  --output_dir /sets/demo-1.0.0-training/cogvideox/output \
  --report_to tensorboard \
  --data_root /sets/demo-1.0.0/data/train \
  --caption_column prompts.txt \
  --video_column videos.txt \
  --train_resolution 81x768x1360 \
  --train_epochs 10 \
  --batch_size 1 \
  --gradient_accumulation_steps 1 \
  --mixed_precision bf16 \
  --seed 42 \
  --num_workers 4 \
  --pin_memory True \
  --nccl_timeout 1800 \
  --checkpointing_steps 100 \
  --checkpointing_limit 10 \
  --do_validation false
